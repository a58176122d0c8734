import { describe, expect, it } from "vitest";
import type { CameraSettings } from "../../ports/camera.js";
import type { OpenCv } from "./opencv.js";
import { openVideo } from "./video-grabber.js";

/** The numbers do not matter, only that they differ. */
const names = [
  ...["CAP_V4L2", "CAP_FFMPEG", "CAP_GSTREAMER", "CAP_PROP_FOURCC", "CAP_PROP_FRAME_WIDTH"],
  ...["CAP_PROP_FRAME_HEIGHT", "CAP_PROP_FPS", "CAP_PROP_BUFFERSIZE", "CAP_PROP_AUTO_EXPOSURE"],
  "CAP_PROP_EXPOSURE",
];
const constants = Object.fromEntries(names.map((name, i) => [name, i]));

/** OpenCV in front of a device with these properties, which takes only what it can do. */
function deviceWith(able: Record<string, (wanted: number) => number>) {
  const has = new Map<number, number>([
    [constants.CAP_PROP_FRAME_WIDTH as number, 640],
    [constants.CAP_PROP_FRAME_HEIGHT as number, 480],
    [constants.CAP_PROP_FPS as number, 30],
  ]);
  const asked: string[] = [];
  const opened: [address: string, backend: string | undefined][] = [];
  class VideoCapture {
    constructor(address: string, backend: number) {
      opened.push([address, names[backend]]);
    }
    get(property: number): number {
      return has.get(property) ?? 0;
    }
    set(property: number, value: number): boolean {
      const name = names[property] ?? "";
      asked.push(`${name.replace("CAP_PROP_", "")}=${value}`);
      const take = able[name];
      if (take) has.set(property, take(value));
      return take !== undefined;
    }
    release(): void {}
  }
  const VideoWriter = { fourcc: (text: string) => text };
  return { cv: { ...constants, VideoCapture, VideoWriter } as unknown as OpenCv, asked, opened };
}

const same = (wanted: number) => wanted;
const everything = Object.fromEntries(names.map((name) => [name, same]));
const settings = (more: Partial<CameraSettings>): CameraSettings => ({
  ...{ source: "/dev/video0", frozenAfterMs: 0, hungAfterMs: 1_000 },
  ...more,
});
const device = { kind: "device", path: "/dev/video0" } as const;

describe("a V4L2 device", () => {
  const cases: [situation: string, asks: Partial<CameraSettings>, told: string[]][] = [
    ["is asked for nothing but a short queue and its own exposure", {}, ["BUFFERSIZE=1", "AUTO_EXPOSURE=3"]],
    [
      "is asked for size and rate, as JPEG where the picture is large",
      { width: 1280, height: 720, fps: 15 },
      ["FOURCC=MJPG", "FRAME_WIDTH=1280", "FRAME_HEIGHT=720", "FPS=15", "BUFFERSIZE=1", "AUTO_EXPOSURE=3"],
    ],
    [
      "is switched to manual before its exposure is set",
      { exposure: 250 },
      ["BUFFERSIZE=1", "AUTO_EXPOSURE=1", "EXPOSURE=250"],
    ],
  ];
  it.each(cases)("%s", (_situation, asks, told) => {
    const { cv, asked, opened } = deviceWith(everything);
    const grabber = openVideo(cv, device, settings(asks));
    expect(opened).toEqual([["/dev/video0", "CAP_V4L2"]]);
    expect(asked).toEqual(told);
    expect(grabber).toMatchObject({ note: "", recorded: false });
  });

  it("that gives something else says so, for the technician to see", () => {
    const { cv } = deviceWith({ ...everything, CAP_PROP_FRAME_WIDTH: () => 800, CAP_PROP_FPS: () => 14.9 });
    const grabber = openVideo(cv, device, settings({ width: 1280, height: 720, fps: 15 }));
    expect(grabber).toMatchObject({ width: 800, height: 720, fps: 14.9 });
    expect(grabber.note).toBe("width 800, though 1280 was asked");
  });

  it("without an exposure control is used all the same", () => {
    const { CAP_PROP_EXPOSURE, CAP_PROP_AUTO_EXPOSURE, ...able } = everything;
    const grabber = openVideo(deviceWith(able).cv, device, settings({ exposure: 250 }));
    expect(grabber.note).toBe("exposure 0, though 250 was asked");
  });
});

it("streams and pipelines are taken as they come, by their own backend", () => {
  const { cv, asked, opened } = deviceWith(everything);
  const stream = openVideo(cv, { kind: "url", url: "rtsp://cam/1" }, settings({ width: 1280, fps: 10 }));
  expect(stream.note).toBe("width, fps not set: only a device can be asked for it");
  openVideo(cv, { kind: "pipeline", pipeline: "videotestsrc ! appsink" }, settings({}));
  expect(opened).toEqual([
    ["rtsp://cam/1", "CAP_FFMPEG"],
    ["videotestsrc ! appsink", "CAP_GSTREAMER"],
  ]);
  expect(asked).toEqual([]);
});
