import { existsSync } from "node:fs";
import { describeError } from "@tillsight/contracts";
import type { CameraSettings } from "../../ports/camera.js";
import { CameraOpenError } from "./errors.js";
import type { Grabber } from "./grabber.js";
import type { Mat, OpenCv, VideoCapture } from "./opencv.js";
import { Pacer } from "./pacer.js";
import { type CameraSource, isRecorded, withoutPassword } from "./source.js";

type VideoSource = Exclude<CameraSource, { kind: "folder" }>;

/**
 * V4L2_CID_EXPOSURE_AUTO: V4L2_EXPOSURE_MANUAL leaves the exposure that is asked for alone; what webcams call
 * automatic is V4L2_EXPOSURE_APERTURE_PRIORITY.
 */
const EXPOSURE_MANUAL = 1;
const EXPOSURE_AUTOMATIC = 3;

function addressOf(source: VideoSource): string {
  if (source.kind === "url") return source.url;
  return source.kind === "pipeline" ? source.pipeline : source.path;
}

function whatToDo(source: VideoSource): string {
  switch (source.kind) {
    case "device":
      return existsSync(source.path)
        ? "Is another program using it? May this user read it (group video)?"
        : "Is the camera plugged in? `ls /dev/video*` shows the devices there are.";
    case "url":
      return "Is the camera on and the address right? Open the address in a player to check.";
    case "pipeline":
      return "It must end in appsink, and its plugins must be installed (gstreamer1.0-plugins-base, -good): try it with gst-launch-1.0.";
    case "file":
      return existsSync(source.path) ? "OpenCV cannot read this file." : "There is no such file or folder.";
  }
}

function open(cv: OpenCv, source: VideoSource): VideoCapture {
  const backend = {
    device: cv.CAP_V4L2,
    url: cv.CAP_FFMPEG,
    pipeline: cv.CAP_GSTREAMER,
    file: cv.CAP_FFMPEG,
  };
  try {
    return new cv.VideoCapture(addressOf(source), backend[source.kind]);
  } catch (cause) {
    const name = withoutPassword(addressOf(source));
    throw new CameraOpenError(`${name} cannot be opened`, whatToDo(source), { cause });
  }
}

/** Asks a device for what the settings want; what it does not know it ignores. @returns what it gives otherwise */
function configure(
  cv: OpenCv,
  video: VideoCapture,
  { width, height, fps, exposure }: CameraSettings,
): string {
  // USB 2 carries large pictures at full rate only as JPEG; a device without it keeps its own format.
  if ((height ?? 0) > 480) video.set(cv.CAP_PROP_FOURCC, cv.VideoWriter.fourcc("MJPG"));
  if (width !== undefined) video.set(cv.CAP_PROP_FRAME_WIDTH, width);
  if (height !== undefined) video.set(cv.CAP_PROP_FRAME_HEIGHT, height);
  if (fps !== undefined) video.set(cv.CAP_PROP_FPS, fps);
  // One buffer: a queue in the driver would hand out pictures of some time ago.
  video.set(cv.CAP_PROP_BUFFERSIZE, 1);
  // A camera keeps its last exposure until it loses power: left out must undo what was once set.
  video.set(cv.CAP_PROP_AUTO_EXPOSURE, exposure === undefined ? EXPOSURE_AUTOMATIC : EXPOSURE_MANUAL);
  if (exposure !== undefined) video.set(cv.CAP_PROP_EXPOSURE, exposure);
  const asked: [name: string, wanted: number | undefined, property: number][] = [
    ["width", width, cv.CAP_PROP_FRAME_WIDTH],
    ["height", height, cv.CAP_PROP_FRAME_HEIGHT],
    ["fps", fps, cv.CAP_PROP_FPS],
    ["exposure", exposure, cv.CAP_PROP_EXPOSURE],
  ];
  return asked
    .map(([name, wanted, property]) => ({ name, wanted, given: video.get(property) }))
    .filter(({ wanted, given }) => wanted !== undefined && Math.abs(wanted - given) > 0.5)
    .map(({ name, wanted, given }) => `${name} ${given}, though ${wanted} was asked`)
    .join(", ");
}

/** What was set and only a device can be asked for. */
function passedOver(settings: CameraSettings, recorded: boolean): string {
  const names = (["width", "height", "fps", "exposure"] as const).filter(
    (name) => settings[name] !== undefined && !(recorded && name === "fps"),
  );
  return names.length === 0 ? "" : `${names.join(", ")} not set: only a device can be asked for it`;
}

/** A device, stream, pipeline or file through OpenCV's VideoCapture. */
export function openVideo(cv: OpenCv, source: VideoSource, settings: CameraSettings): Grabber {
  let video = open(cv, source);
  const recorded = isRecorded(source);
  const note = source.kind === "device" ? configure(cv, video, settings) : passedOver(settings, recorded);
  const given = video.get(cv.CAP_PROP_FPS);
  const fps = (recorded ? settings.fps : undefined) ?? (Number.isFinite(given) && given > 0 ? given : 25);
  const pacer = recorded ? new Pacer(fps) : undefined;

  const grab = async (): Promise<Mat | undefined> => {
    try {
      const picture = await video.readAsync();
      return picture.empty ? undefined : picture;
    } catch (error) {
      throw new CameraOpenError(`reading failed: ${describeError(error)}`, whatToDo(source), {
        cause: error,
      });
    }
  };
  return {
    width: video.get(cv.CAP_PROP_FRAME_WIDTH),
    height: video.get(cv.CAP_PROP_FRAME_HEIGHT),
    fps,
    note,
    recorded,
    read: async () => {
      await pacer?.next();
      const picture = await grab();
      if (picture !== undefined || !recorded || !settings.loop) return picture;
      // Opened anew: seeking back to the start is not exact in every container.
      video.release();
      video = open(cv, source);
      return grab();
    },
    close: () => video.release(),
  };
}
