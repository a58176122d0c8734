import type { CameraSettings } from "../../ports/camera.js";
import { openFolder } from "./folder-grabber.js";
import type { Mat, OpenCv } from "./opencv.js";
import { sourceOf } from "./source.js";
import { openVideo } from "./video-grabber.js";

/** An opened source of pictures, in the capture process. */
export interface Grabber {
  /** What the device gives, which may differ from what was asked. */
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Anything else a technician wants to know, e.g. the exposure that was set. */
  readonly note: string;
  /** The source has an end of its own, and the end is not a fault. */
  readonly recorded: boolean;
  /** The next picture, 8 bits BGR; undefined at the end, or when the device gives none. */
  read(): Promise<Mat | undefined>;
  close(): void;
}

/** @throws {CameraOpenError} with what to do about it */
export function openGrabber(cv: OpenCv, settings: CameraSettings): Grabber {
  const source = sourceOf(settings.source);
  return source.kind === "folder" ? openFolder(cv, source.path, settings) : openVideo(cv, source, settings);
}
