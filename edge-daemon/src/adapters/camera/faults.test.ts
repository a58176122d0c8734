import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CameraFault, CameraStatus } from "../../ports/camera.js";
import { statusWhere, take } from "../../testing/camera/camera-contract.js";
import { type CameraBehaviour, MjpegCamera } from "../../testing/camera/mjpeg-camera.js";
import { quarters } from "../../testing/camera/test-picture.js";
import { OpenCvCamera } from "./opencv-camera.js";

/** Short enough to test, long enough for a busy machine. */
const rules = { frozenAfterMs: 1500, blindAfterMs: 500, hungAfterMs: 3000 };

let simulated: MjpegCamera;
let camera: OpenCvCamera;
let heard: CameraStatus[];

beforeEach(async () => {
  simulated = new MjpegCamera({ fps: 15, noise: 2 });
  await simulated.start();
  await simulated.show(quarters());
  camera = new OpenCvCamera({ source: simulated.url, ...rules });
  heard = [];
  camera.onStatus((status) => heard.push(status));
  await camera.start();
  await statusWhere(camera, ({ state }) => state === "live");
});
afterEach(async () => {
  await camera.stop();
  await simulated.stop();
});

/** Frames that come within a while. */
function framesWithin(ms: number): Promise<unknown[]> {
  return take(camera, Number.POSITIVE_INFINITY, AbortSignal.timeout(ms));
}

const live = () => statusWhere(camera, ({ state }) => state === "live");
const fault = (which: CameraFault) => statusWhere(camera, (status) => status.fault === which);

describe("a camera that fails and comes back", () => {
  const cases: [behaviour: CameraBehaviour, which: CameraFault, reopens: boolean][] = [
    ["frozen", "frozen", true],
    ["black", "black", false],
    ["covered", "covered", false],
    ["hung", "hung", true],
    ["refusing", "unplugged", true],
  ];
  it.each(cases)(
    "%s: is shown as %s, gives no frame meanwhile, and is live again by itself",
    async (behaviour, which, reopens) => {
      await simulated.behave(behaviour);
      const status = await fault(which);
      expect(status).toMatchObject({ state: "fault", fault: which });
      expect(status.detail.length).toBeGreaterThan(20);
      expect(await framesWithin(700)).toEqual([]);
      await simulated.behave("live");
      await live();
      expect(await take(camera, 2)).toHaveLength(2);
      expect(camera.status().reopened > 0).toBe(reopens);
    },
  );

  it("goes on numbering its frames and counting its drops across a reopening", async () => {
    const [before] = await take(camera, 1);
    await simulated.behave("refusing");
    await fault("unplugged");
    const { dropped } = camera.status();
    await simulated.behave("live");
    await live();
    const [after] = await take(camera, 1);
    expect(after?.seq).toBeGreaterThan(before?.seq ?? 0);
    expect(camera.status().dropped).toBeGreaterThanOrEqual(dropped);
  });

  it("recovers from a connection that is cut in the middle of a picture", async () => {
    await simulated.cut();
    await statusWhere(camera, ({ reopened }) => reopened === 1);
    await live();
    expect(await take(camera, 2)).toHaveLength(2);
    expect(heard.some((status) => status.fault === "unplugged")).toBe(true);
  });

  it("hands out no picture of the moment before a fault is certain", async () => {
    await simulated.behave("black");
    // Pictures that are on their way still show the tray.
    await sleep(400);
    for (const frame of await take(camera, 3, AbortSignal.timeout(1500))) {
      expect(Math.max(...frame.data.subarray(0, 3000))).toBeGreaterThan(100);
    }
    await fault("black");
  });

  it("can be stopped while it is hung", async () => {
    await simulated.behave("hung");
    await fault("hung");
    await camera.stop();
    expect(camera.status().state).toBe("stopped");
  });
});

describe("the capture process", () => {
  const childrenOf = (pid: number): number[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  const captures = (): number[] =>
    childrenOf(process.pid).filter((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("capture-process"),
    );

  it("that crashes is begun anew, and the lane does not notice more than a fault", async () => {
    for (const pid of captures()) process.kill(pid, "SIGSEGV");
    await fault("unplugged");
    await live();
    expect(await take(camera, 1)).toHaveLength(1);
  });

  it("is gone when the camera is stopped", async () => {
    const before = captures();
    expect(before).toHaveLength(1);
    await camera.stop();
    expect(captures()).toEqual([]);
  });

  it("does not outlive a daemon that is killed", async () => {
    const program = fileURLToPath(new URL("./index.js", import.meta.url)).replace("/src/", "/dist/");
    const script = `
      const { OpenCvCamera } = await import(${JSON.stringify(program)});
      const camera = new OpenCvCamera({ source: ${JSON.stringify(simulated.url)}, frozenAfterMs: 0, hungAfterMs: 60000 });
      camera.onStatus(({ state }) => console.log(state));
      await camera.start();`;
    const daemon = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => daemon.stdout.once("data", resolve));
    const [capture] = childrenOf(daemon.pid ?? 0);
    expect(existsSync(`/proc/${capture}`)).toBe(true);
    await simulated.behave("hung");
    daemon.kill("SIGKILL");
    for (let waited = 0; waited < 100 && existsSync(`/proc/${capture}`); waited++) await sleep(50);
    expect(existsSync(`/proc/${capture}`)).toBe(false);
  });

  it("leaves nothing in shared memory", async () => {
    expect(execFileSync("ls", ["/dev/shm"], { encoding: "utf8" })).not.toContain("tillsight-");
  });
});
