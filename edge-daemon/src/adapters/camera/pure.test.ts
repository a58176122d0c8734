import { describe, expect, it } from "vitest";
import type { Frame } from "../../ports/camera.js";
import { backOff } from "./back-off.js";
import { captureEnvironment } from "./capture-environment.js";
import { NextFrame } from "./next-frame.js";
import { hashBytes, thumbFacts } from "./picture-facts.js";
import { RateMeter } from "./rate.js";
import { type CameraSource, isRecorded, parseSource, withoutPassword } from "./source.js";

describe("parseSource", () => {
  const cases: [text: string, want: CameraSource][] = [
    ["0", { kind: "device", path: "/dev/video0" }],
    [" 2 ", { kind: "device", path: "/dev/video2" }],
    ["/dev/v4l/by-id/usb-cam", { kind: "device", path: "/dev/v4l/by-id/usb-cam" }],
    ["rtsp://10.0.0.7/stream1", { kind: "url", url: "rtsp://10.0.0.7/stream1" }],
    ["HTTP://cam/video", { kind: "url", url: "HTTP://cam/video" }],
    ["gst: videotestsrc ! appsink", { kind: "pipeline", pipeline: "videotestsrc ! appsink" }],
    ["trays", { kind: "folder", path: "trays" }],
    ["trays/day 1.mp4", { kind: "file", path: "trays/day 1.mp4" }],
    ["7.avi", { kind: "file", path: "7.avi" }],
  ];
  it.each(cases)("%s", (text, want) => {
    expect(parseSource(text, (path) => path === "trays")).toEqual(want);
  });

  it("knows which sources have an end", () => {
    const recorded = cases.map(([, source]) => source).filter(isRecorded);
    expect(recorded.map((source) => source.kind)).toEqual(["folder", "file", "file"]);
  });

  it("shows no password, and changes nothing else", () => {
    expect(withoutPassword("rtsp://till:s3cret@10.0.0.7/a@b")).toBe("rtsp://till:***@10.0.0.7/a@b");
    expect(withoutPassword("gst: rtspsrc location=rtsp://u:p@h ! appsink")).toContain("//u:***@h");
    expect(withoutPassword("http://cam:8080/video")).toBe("http://cam:8080/video");
  });
});

describe("captureEnvironment", () => {
  const settings = { frozenAfterMs: 0, hungAfterMs: 2500 };

  it("bounds a stream's reads, but later than the camera counts as hung", () => {
    const env = captureEnvironment({ ...settings, source: "http://cam/video" });
    expect(env.OPENCV_FFMPEG_CAPTURE_OPTIONS).toContain("rw_timeout;20000000");
    const patient = captureEnvironment({ ...settings, hungAfterMs: 60_000, source: "http://cam/video" });
    expect(patient.OPENCV_FFMPEG_CAPTURE_OPTIONS).toContain("rw_timeout;120000000");
    expect(env.OPENCV_FFMPEG_CAPTURE_OPTIONS).toContain("fflags;nobuffer");
    expect(env.OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT).toBe("3");
  });

  it("leaves files alone: their frames must not be cut short", () => {
    expect(captureEnvironment({ ...settings, source: "/a.mp4" }).OPENCV_FFMPEG_CAPTURE_OPTIONS).toBe("");
  });
});

describe("backOff", () => {
  const take = (jitter: () => number): number[] => {
    const waits = backOff({ first: 300, factor: 2, most: 1500 }, jitter);
    return [1, 2, 3, 4, 5].map(() => waits.next().value);
  };
  it("doubles up to its limit", () => expect(take(() => 0)).toEqual([300, 600, 1200, 1500, 1500]));
  it("is shortened by a fifth at most", () => expect(take(() => 1)).toEqual([240, 480, 960, 1200, 1200]));
});

describe("picture facts", () => {
  const flat = new Uint8Array(16).fill(100);

  it("sees neither spread nor edge in an even picture", () => {
    expect(thumbFacts(flat, 4)).toEqual({ mean: 100, spread: 0, edge: 0 });
  });

  it("finds an edge between columns and between rows, not between the ends of two rows", () => {
    const columns = new Uint8Array([10, 10, 50, 50, 10, 10, 50, 50]);
    expect(thumbFacts(columns, 4)).toMatchObject({ mean: 30, spread: 20, edge: 40 });
    expect(thumbFacts(new Uint8Array([10, 10, 90, 90]), 2).edge).toBe(80);
    expect(thumbFacts(new Uint8Array([0, 20, 0, 20]), 2).edge).toBe(20);
    expect(thumbFacts(new Uint8Array([0, 5, 10, 15, 0, 5, 10, 15]), 4).edge).toBe(5);
  });

  it("tells pictures apart that differ in one step of one pixel", () => {
    const other = flat.slice();
    other[15] = 101;
    expect(hashBytes(flat)).toBe(hashBytes(flat.slice()));
    expect(hashBytes(other)).not.toBe(hashBytes(flat));
  });
});

describe("RateMeter", () => {
  it("says nothing until it has seen enough, then the rate of the last events", () => {
    const rate = new RateMeter(20);
    for (let at = 0; at < 9; at++) rate.tick(at * 1000);
    expect(rate.perSecond()).toBeUndefined();
    for (let at = 0; at < 20; at++) rate.tick(100_000 + at * 50);
    expect(rate.perSecond()).toBeCloseTo(20);
    rate.reset();
    expect(rate.perSecond()).toBeUndefined();
  });
});

describe("NextFrame", () => {
  const frame = { seq: 1, capturedAt: 0, width: 1, height: 1, data: new Uint8Array(3) } satisfies Frame;
  const never = new AbortController().signal;

  it("gives a frame to everybody who waits, and to nobody who comes later", async () => {
    const next = new NextFrame();
    const both = [next.wait(never), next.wait(never)];
    next.give(frame);
    expect(await Promise.all(both)).toEqual([frame, frame]);
    expect(next.awaited).toBe(false);
  });

  it("lets go of a waiter whose signal aborts", async () => {
    const next = new NextFrame();
    const stopping = new AbortController();
    const waiting = next.wait(stopping.signal);
    stopping.abort();
    expect(await waiting).toBeUndefined();
    expect(next.awaited).toBe(false);
    expect(await next.wait(stopping.signal)).toBeUndefined();
  });

  it("has nothing more to give after its end", async () => {
    const next = new NextFrame();
    const waiting = next.wait(never);
    next.end();
    expect(await waiting).toBeUndefined();
    expect(await next.wait(never)).toBeUndefined();
  });
});
