import type { Picture } from "@tillsight/models";
import { afterEach, expect, test } from "vitest";
import { TrayFeed } from "./feed.js";
import { type Motion, restingScene, type Stage } from "./motion.js";
import { type Scene, steadyLight } from "./scene.js";

const picture: Picture = { width: 1, height: 1, data: new Uint8Array(3) };
const stage: Stage = { ground: "slate", light: steadyLight, table: [] };
const after: Stage = { ...stage, ground: "oak" };
const motion = (durationMs: number): Motion => ({
  durationMs,
  at: () => ({ ...restingScene(stage), ground: "steel" }),
  after,
});

const started: TrayFeed[] = [];
afterEach(async () => {
  for (const feed of started.splice(0)) await feed.stop().catch(() => {});
});

/** A feed of 200 pictures a second, and the grounds that it showed one after the other. */
async function startFeed(failAt = Number.POSITIVE_INFINITY) {
  const shown: Scene["ground"][] = [];
  let drawn: Scene["ground"] = "slate";
  const feed = new TrayFeed({
    stage,
    fps: 200,
    render: async (scene, frame) => {
      if (frame >= failAt) throw new TypeError("no more art");
      drawn = scene.ground;
      return picture;
    },
    sink: { show: () => void shown.push(drawn) },
  });
  started.push(feed);
  await feed.start();
  return { feed, shown };
}
const never = new AbortController().signal;
const order = (shown: readonly string[]): string[] => shown.filter((ground, i) => ground !== shown[i - 1]);

test("a motion is shown from the resting tray to its end, and is over when its end was shown", async () => {
  const { feed, shown } = await startFeed();
  expect(shown).toEqual(["slate"]);
  await feed.play(motion(60), never);
  expect(order(shown)).toEqual(["slate", "steel", "oak"]);
  expect(feed.stage).toBe(after);
  expect(feed.playing).toBe(false);
});

test("a motion that is aborted rejects with the reason and leaves the tray as it would have been", async () => {
  const { feed } = await startFeed();
  const abort = new AbortController();
  const playing = feed.play(motion(60_000), abort.signal);
  setTimeout(() => abort.abort(new RangeError("enough")), 20);
  await expect(playing).rejects.toThrow("enough");
  expect(feed.stage).toBe(after);
});

test("stopping ends a motion, twice is fine, and nothing is shown afterwards", async () => {
  const { feed, shown } = await startFeed();
  const playing = feed.play(motion(60_000), never);
  const rejected = expect(playing).rejects.toThrow("the virtual camera's feed was stopped");
  await feed.stop();
  await feed.stop();
  await rejected;
  const count = shown.length;
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(shown.length).toBe(count);
  await expect(feed.play(motion(1), never)).rejects.toThrow("was stopped");
});

test("a picture that cannot be drawn ends the motion and the feed with what went wrong", async () => {
  const { feed } = await startFeed(5);
  await expect(feed.play(motion(60_000), never)).rejects.toThrow("no more art");
  await expect(feed.stop()).rejects.toThrow("no more art");
});

test("two motions at once are a defect of the script", async () => {
  const { feed } = await startFeed();
  const first = feed.play(motion(30), never);
  await expect(feed.play(motion(30), never)).rejects.toThrow(/at once/);
  await first;
});
