import type { Picture } from "@tillsight/models";

/** A captured picture of the tray: RGB, 8 bits a channel, interleaved, row by row, after the region of interest. */
export interface Frame extends Picture {
  /** Counts up by one a captured frame, dropped ones included. */
  readonly seq: number;
  /** When it was read from the device, on the daemon's monotonic clock, ms. */
  readonly capturedAt: number;
}

/**
 * Why a camera's pictures must not be trusted. `unplugged`: cannot be opened or reads fail; `hung`: opened, but
 * no picture comes; `frozen`: the same picture again and again; `black`: no light at all; `covered`: light but
 * nothing to see.
 */
export type CameraFault = "unplugged" | "hung" | "frozen" | "black" | "covered";

export interface CameraStatus {
  readonly state: "starting" | "live" | "fault" | "stopped" | "ended";
  readonly fault: CameraFault | null;
  /** One sentence for a technician: what, and what to do about it. */
  readonly detail: string;
  /** What the device really gave, which may differ from what was asked. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Pictures the device gave since the start, bad and dropped ones included. */
  readonly captured: number;
  /** Frames that were captured and never taken, because a newer one came first. */
  readonly dropped: number;
  readonly reopened: number;
}

/**
 * The tray's camera. A slow consumer gets the newest frame; frames of a faulty camera are never handed out.
 * `start` resolves as soon as capture is under way (also while the device is missing: it recovers by itself).
 */
export interface Camera {
  start(): Promise<void>;
  /** Idempotent; resolves when the device is released. */
  stop(): Promise<void>;
  /** Newest frames, until the signal aborts, the camera stops, or a source that does not loop has ended. */
  frames(signal: AbortSignal): AsyncGenerator<Frame, void, void>;
  status(): CameraStatus;
  /** Called on each change of state or fault; returns the unsubscriber. */
  onStatus(listener: (status: CameraStatus) => void): () => void;
}

export interface CameraSettings {
  /** `0` or `/dev/video0`; `rtsp://…`, `http://…`; `gst: pipeline ! appsink`; a video file; a folder of pictures. */
  readonly source: string;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly fps?: number | undefined;
  /** Part of the picture that is the tray, in pixels of the captured picture. */
  readonly roi?: { x: number; y: number; w: number; h: number } | undefined;
  /** Device units (V4L2: 100 µs); undefined leaves the device on automatic. */
  readonly exposure?: number | undefined;
  /** Begin again at the end of a file or folder. */
  readonly loop?: boolean | undefined;
  /** Same picture for this long is `frozen`; 0 switches the rule off. */
  readonly frozenAfterMs: number;
  /** A black or covered picture for this long (default 1000) is a fault; such pictures are withheld at once. 0: off. */
  readonly blindAfterMs?: number | undefined;
  /** No picture for this long is `hung`. */
  readonly hungAfterMs: number;
}
