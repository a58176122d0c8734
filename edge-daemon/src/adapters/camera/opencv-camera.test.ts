import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Picture } from "@tillsight/models";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CameraSettings } from "../../ports/camera.js";
import { cameraContract, statusWhere, take } from "../../testing/camera/camera-contract.js";
import { withNoise } from "../../testing/camera/faulty-picture.js";
import { MjpegCamera } from "../../testing/camera/mjpeg-camera.js";
import { quarterPoints, quarters } from "../../testing/camera/test-picture.js";
import { loadOpenCv } from "./opencv.js";
import { OpenCvCamera } from "./opencv-camera.js";

const size = { width: 320, height: 240 };
const calm = { frozenAfterMs: 0, hungAfterMs: 10_000 };
let dir: string;
const folder = (): string => join(dir, "trays");
const video = (): string => join(dir, "day.avi");

async function writePng(picture: Picture, path: string): Promise<void> {
  const { width, height, data } = picture;
  await sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
}

function writeVideo(pictures: Picture[], path: string): void {
  const cv = loadOpenCv();
  const writer = new cv.VideoWriter(
    path,
    cv.VideoWriter.fourcc("MJPG"),
    15,
    new cv.Size(size.width, size.height),
  );
  for (const { width, height, data } of pictures) {
    writer.write(new cv.Mat(Buffer.from(data), height, width, cv.CV_8UC3).cvtColor(cv.COLOR_RGB2BGR));
  }
  writer.release();
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-camera-"));
  mkdirSync(folder());
  const pictures = [1, 2, 3, 4].map((seed) => withNoise(quarters(), 3, seed));
  await Promise.all(pictures.map((picture, at) => writePng(picture, join(folder(), `tray-${at * 5}.png`))));
  writeVideo(pictures, video());
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const open = (settings: Partial<CameraSettings> & { source: string }) =>
  new OpenCvCamera({ ...calm, ...settings });
const nothing = async (): Promise<void> => {};

cameraContract("folder of pictures", async () => {
  const camera = open({ source: folder(), loop: true, fps: 15 });
  return { camera, size, points: quarterPoints(), close: nothing };
});

cameraContract("video file", async () => {
  const camera = open({ source: video(), loop: true });
  return { camera, size, points: quarterPoints(), close: nothing };
});

cameraContract("HTTP camera, tray in a region of the picture", async () => {
  const simulated = new MjpegCamera({ fps: 15, noise: 2 });
  await simulated.start();
  await simulated.show(quarters());
  const camera = open({ source: simulated.url, roi: { x: 80, y: 60, w: 160, h: 120 } });
  const points = quarterPoints(160, 120);
  return { camera, size: { width: 160, height: 120 }, points, close: () => simulated.stop() };
});

cameraContract("GStreamer pipeline", async () => {
  const camera = open({
    source:
      "gst: videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=15/1,format=BGR ! appsink drop=true max-buffers=1",
  });
  // Colour bars: 100 % white at the left, 75 % yellow beside it.
  return { camera, size, points: [{ x: 20, y: 60, rgb: [255, 255, 255] }], close: nothing };
});

describe("recordings", () => {
  it("a folder is shown in the order of its numbers, at its rate, once, and has then ended", async () => {
    const ordered = join(dir, "ordered");
    mkdirSync(ordered);
    const widths = { "t-10.png": 120, "t-2.png": 100, "notes.txt": 0, "t-1.png": 80 };
    for (const [name, width] of Object.entries(widths)) {
      if (width > 0) await writePng(quarters(width, 60), join(ordered, name));
    }
    const camera = open({ source: ordered, fps: 2 });
    await camera.start();
    const begun = performance.now();
    const frames = await take(camera, Number.POSITIVE_INFINITY);
    expect(frames.map((frame) => frame.width)).toEqual([80, 100, 120]);
    expect(performance.now() - begun).toBeGreaterThan(900);
    expect(camera.status()).toMatchObject({ state: "ended", fault: null });
    await camera.stop();
  });

  it("a video that does not loop ends", async () => {
    const camera = open({ source: video() });
    await camera.start();
    expect((await take(camera, Number.POSITIVE_INFINITY)).length).toBeGreaterThan(0);
    expect(camera.status()).toMatchObject({ state: "ended", fps: expect.any(Number), ...size });
    await camera.stop();
  });

  it("still pictures of a recording are not taken for a frozen camera", async () => {
    const one = join(dir, "one");
    mkdirSync(one);
    await writePng(quarters(), join(one, "tray.png"));
    const camera = open({ source: one, loop: true, fps: 20, frozenAfterMs: 200 });
    await camera.start();
    await take(camera, 15);
    expect(camera.status()).toMatchObject({ state: "live", fault: null });
    await camera.stop();
  });
});

describe("sources that are not there", () => {
  const cases: [source: string, detail: RegExp][] = [
    ["/dev/video97", /\/dev\/video97 cannot be opened.*plugged in/],
    ["97", /\/dev\/video97 cannot be opened/],
    ["/nowhere/day.mp4", /no such file or folder/],
    ["rtsp://till:s3cret@127.0.0.1:1/stream", /rtsp:\/\/till:\*\*\*@127.*camera on/],
    ["gst: nonsense ! appsink", /plugins must be installed/],
  ];
  it.each(cases)("%s is a fault that says what to do", async (source, detail) => {
    const camera = open({ source });
    await camera.start();
    const status = await statusWhere(camera, ({ state }) => state === "fault");
    expect(status).toMatchObject({ fault: "unplugged", detail: expect.stringMatching(detail) });
    await camera.stop();
  });

  it("an empty folder says what belongs there", async () => {
    const empty = join(dir, "empty");
    mkdirSync(empty);
    const camera = open({ source: empty });
    await camera.start();
    const { detail } = await statusWhere(camera, ({ state }) => state === "fault");
    expect(detail).toMatch(/empty holds no picture that can be read.*JPEG or PNG/);
    await camera.stop();
  });

  it("a region outside the picture names the setting", async () => {
    const camera = open({ source: folder(), roi: { x: 300, y: 0, w: 100, h: 100 } });
    await camera.start();
    const { detail } = await statusWhere(camera, ({ state }) => state === "fault");
    expect(detail).toMatch(/100x100 at 300,0 leaves the picture of 320x240.*camera\.roi/);
    await camera.stop();
  });

  it("a source that appears later is live by itself", async () => {
    const late = join(dir, "late.avi");
    writeVideo([quarters()], join(dir, "waiting.avi"));
    const camera = open({ source: late, loop: true });
    await camera.start();
    await statusWhere(camera, ({ fault }) => fault === "unplugged");
    renameSync(join(dir, "waiting.avi"), late);
    expect(await take(camera, 1)).toHaveLength(1);
    expect(camera.status().state).toBe("live");
    await camera.stop();
  });
});
