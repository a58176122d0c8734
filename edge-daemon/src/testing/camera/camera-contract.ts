import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Camera, CameraStatus, Frame } from "../../ports/camera.js";

/** A camera that is not started, and points that are known in its picture. */
export interface CameraUnderTest {
  readonly camera: Camera;
  readonly size: { readonly width: number; readonly height: number };
  /** Colours that are to be seen, RGB, within what JPEG makes of them. */
  readonly points: readonly {
    readonly x: number;
    readonly y: number;
    readonly rgb: readonly [number, number, number];
  }[];
  readonly close: () => Promise<void>;
}

const TOLERANCE = 40;

/** The next `count` frames. */
export async function take(
  camera: Camera,
  count: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of camera.frames(signal)) {
    frames.push(frame);
    if (frames.length === count) break;
  }
  return frames;
}

/** Resolves with the first status that fits, the present one included. */
export function statusWhere(camera: Camera, fits: (status: CameraStatus) => boolean): Promise<CameraStatus> {
  return new Promise((resolve) => {
    const look = (status: CameraStatus): void => {
      if (!fits(status)) return;
      unsubscribe();
      resolve(status);
    };
    const unsubscribe = camera.onStatus(look);
    look(camera.status());
  });
}

/** What every camera owes its callers. `open` gives a source that does not end. */
export function cameraContract(name: string, open: () => Promise<CameraUnderTest>): void {
  describe(`camera: ${name}`, () => {
    let test: CameraUnderTest;
    beforeEach(async () => {
      test = await open();
    });
    afterEach(async () => {
      await test.camera.stop();
      await test.close();
    });

    it("gives RGB frames of the size it states, numbered and timed, and says that it is live", async () => {
      const { camera, size, points } = test;
      expect(camera.status().state).toBe("starting");
      await camera.start();
      const frames = await take(camera, 3);
      for (const { width, height, data } of frames) {
        expect({ width, height }).toEqual(size);
        expect(data.length).toBe(width * height * 3);
        for (const { x, y, rgb } of points) {
          const pixel = [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
          for (const [channel, value] of rgb.entries()) {
            expect(
              Math.abs((pixel[channel] ?? -1) - value),
              `${x},${y} is ${pixel}, not ${rgb}`,
            ).toBeLessThan(TOLERANCE);
          }
        }
      }
      expect(frames.map((frame) => frame.seq)).toEqual(
        [...frames.map((frame) => frame.seq)].sort((a, b) => a - b),
      );
      expect(new Set(frames.map((frame) => frame.seq)).size).toBe(3);
      const times = frames.map((frame) => frame.capturedAt);
      expect([...times].sort((a, b) => a - b)).toEqual(times);
      expect(times[2]).toBeLessThanOrEqual(performance.now());
      expect(camera.status()).toMatchObject({ state: "live", fault: null, reopened: 0 });
    });

    it("gives a slow consumer the newest frame, and counts those that went by", async () => {
      const { camera } = test;
      await camera.start();
      const [first] = await take(camera, 1);
      await sleep(1500);
      const askedAt = performance.now();
      const [second] = await take(camera, 1);
      expect(second?.capturedAt).toBeGreaterThan(askedAt - 100);
      expect(camera.status().dropped).toBeGreaterThan(0);
      expect(camera.status().dropped).toBe((second?.seq ?? 0) - (first?.seq ?? 0) - 1 + (first?.seq ?? 0));
    });

    it("serves two consumers, and one of them can leave", async () => {
      const { camera } = test;
      await camera.start();
      const leaving = new AbortController();
      const [one, two] = await Promise.all([take(camera, 2, leaving.signal), take(camera, 3)]);
      leaving.abort();
      expect([one.length, two.length]).toEqual([2, 3]);
      expect(await take(camera, 1, leaving.signal)).toEqual([]);
      expect(await take(camera, 1)).toHaveLength(1);
    });

    it("ends its frames when it is stopped, however often, and says so to those who still listen", async () => {
      const { camera } = test;
      const heard: CameraStatus["state"][] = [];
      const deaf: CameraStatus[] = [];
      camera.onStatus(({ state }) => heard.push(state));
      camera.onStatus((status) => deaf.push(status))();
      await camera.start();
      await camera.start();
      const taking = take(camera, Number.POSITIVE_INFINITY);
      await statusWhere(camera, ({ state }) => state === "live");
      await Promise.all([camera.stop(), camera.stop()]);
      expect(Array.isArray(await taking)).toBe(true);
      expect(heard).toEqual(["live", "stopped"]);
      expect(deaf).toEqual([]);
      expect(camera.status().state).toBe("stopped");
    });

    it("can be stopped before it was started", async () => {
      await test.camera.stop();
      await test.camera.start();
      expect(test.camera.status().state).toBe("stopped");
      expect(await take(test.camera, 1)).toEqual([]);
    });
  });
}
