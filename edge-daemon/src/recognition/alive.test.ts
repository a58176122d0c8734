import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Recogniser } from "./recogniser.js";
import { recogniserSettings } from "./settings.js";
import {
  draw,
  ScriptedCamera,
  scriptedCatalog,
  scriptedDetector,
  scriptedEmbedder,
} from "./testing/scene.js";

let camera: ScriptedCamera;
let recogniser: Recogniser;
let signs: number;
let detector: ReturnType<typeof scriptedDetector>;
/** What a detector that is stuck waits for. */
let stuck: Promise<void>;
let release: () => void;
let failing: unknown;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  camera = new ScriptedCamera();
  signs = 0;
  failing = undefined;
  stuck = Promise.resolve();
  detector = scriptedDetector(() => []);
  recogniser = new Recogniser(
    {
      camera,
      detector: {
        ...detector,
        detect: async (picture) => {
          await stuck;
          if (failing) throw failing;
          return detector.detect(picture);
        },
      },
      embedder: scriptedEmbedder,
      catalog: scriptedCatalog(["apple"]),
      clock: { monotonic: () => 0, now: () => new Date(0) },
      hooks: { progress: () => signs++, error: () => {} },
    },
    recogniserSettings({ settleMs: 50, goneMs: 300 }, scriptedEmbedder.thresholds.ambiguous),
  );
  recogniser.start();
});
afterEach(async () => {
  release?.();
  await recogniser.stop();
  vi.useRealTimers();
});

const seconds = (count: number) => vi.advanceTimersByTime(count * 1_000);
const still = (at: number) => camera.push(draw({ things: [] }, at), at);

it("every frame that was dealt with is a sign of life", async () => {
  for (const at of [50, 100, 150, 200]) await still(at);
  expect(signs).toBe(4);
});

it("a live camera whose frames never arrive is none", () => {
  seconds(30);
  expect(signs).toBe(0);
});

it("a camera at fault leaves nothing to do, which is no standing still", () => {
  camera.set("fault");
  seconds(30);
  expect(signs).toBe(30);
});

it("a network that never answers is none, also when the camera fails meanwhile", async () => {
  stuck = new Promise((resolve) => {
    release = resolve;
  });
  for (const at of [50, 100]) await still(at);
  const before = signs;
  void still(150);
  await new Promise((resolve) => setImmediate(resolve));
  seconds(30);
  camera.set("fault");
  seconds(30);
  expect(signs).toBe(before);
});

it("frames that cannot be read are none", async () => {
  failing = new RangeError("the network is broken");
  for (const at of [50, 100]) await still(at);
  const before = signs;
  for (const at of [150, 200, 250]) {
    await still(at);
    seconds(1);
  }
  expect(signs).toBe(before);
});
