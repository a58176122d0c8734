import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OpenCvCamera } from "../../adapters/camera/opencv-camera.js";
import { withNoise } from "./faulty-picture.js";
import { measureFrameDelay } from "./frame-delay.js";
import { MjpegCamera } from "./mjpeg-camera.js";
import { quarters } from "./test-picture.js";

let simulated: MjpegCamera;
beforeEach(async () => {
  simulated = new MjpegCamera();
  await simulated.start();
});
afterEach(() => simulated.stop());

/** The bytes of the stream, as they come, until `enough`. */
async function watch(enough: (bytes: Buffer) => boolean, begin: () => Promise<unknown>): Promise<Buffer> {
  const response = await fetch(simulated.url);
  let bytes = Buffer.alloc(0);
  void begin();
  for await (const chunk of response.body ?? []) {
    bytes = Buffer.concat([bytes, chunk]);
    if (enough(bytes)) break;
  }
  return bytes;
}

const parts = (bytes: Buffer): number => bytes.toString("latin1").split("--tillsight-picture").length - 1;

describe("MjpegCamera", () => {
  it("serves a stream of JPEG parts that any client understands", async () => {
    const response = await fetch(simulated.url);
    expect(response.headers.get("content-type")).toBe(
      "multipart/x-mixed-replace; boundary=tillsight-picture",
    );
    await response.body?.cancel();
    const show = async () => {
      for (let n = 0; n < 3; n++) await simulated.show(quarters());
    };
    const bytes = await watch((seen) => parts(seen) === 3 && seen.subarray(-2).toString() === "\r\n", show);
    const length = Number(/Content-Length: (\d+)/.exec(bytes.toString("latin1"))?.[1]);
    const begin = bytes.indexOf("\r\n\r\n") + 4;
    const { width, height } = await sharp(bytes.subarray(begin, begin + length)).metadata();
    expect({ width, height }).toEqual({ width: 320, height: 240 });
  });

  it("comes back at the same address after it refused", async () => {
    const { url } = simulated;
    await simulated.behave("refusing");
    await expect(fetch(url)).rejects.toThrow();
    await simulated.behave("live");
    expect(simulated.url).toBe(url);
    const response = await fetch(url);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  it("can be started and stopped twice", async () => {
    await simulated.stop();
    await simulated.stop();
    await simulated.start();
    expect((await fetch(simulated.url, { method: "HEAD" })).status).toBe(200);
  });

  it("makes every picture of a still scene another one, within the noise that was asked for", () => {
    const still = quarters(40, 30);
    const [one, two] = [withNoise(still, 2, 1), withNoise(still, 2, 2)];
    expect(one.data).not.toEqual(two.data);
    const off = one.data.map((value, at) => Math.abs(value - (still.data[at] ?? 0)));
    expect(Math.max(...off)).toBe(2);
    expect(withNoise(still, 0, 1).data).toEqual(still.data);
  });
});

describe("measureFrameDelay", () => {
  it("recognises every frame that OpenCV hands out", async () => {
    const open = (source: string) => new OpenCvCamera({ source, frozenAfterMs: 0, hungAfterMs: 10_000 });
    const delays = await measureFrameDelay(open, { fps: 15, count: 15, skip: 3 });
    expect(delays).toHaveLength(15);
    for (const { handedMs, capturedMs, behind } of delays) {
      expect(handedMs).toBeGreaterThanOrEqual(capturedMs);
      expect(behind).toBeGreaterThanOrEqual(0);
    }
  });
});
