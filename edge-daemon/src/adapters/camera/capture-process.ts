/**
 * The capture process: owns the device and OpenCV, and tells its parent about every picture.
 *
 * A process, not a worker thread: the addon keeps its classes in variables that all threads of a process share,
 * so a second thread that loads it (every reopening would be one) crashes the process. A process can also be
 * killed while a driver does not answer, and a crash inside a driver does not take the lane along.
 */
import { writeSync } from "node:fs";
import { describeError, InvalidInputError } from "@tillsight/contracts";
import type { CameraSettings } from "../../ports/camera.js";
import { type Grabber, openGrabber } from "./grabber.js";
import { type FromCapture, PICTURE_FD, type PictureSize, type ToCapture } from "./messages.js";
import { loadOpenCv, type Mat, type OpenCv } from "./opencv.js";
import { GRID, hashBytes, type PictureFacts, THUMB, thumbFacts } from "./picture-facts.js";

let wanted = false;

const tell = (message: FromCapture): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });

function factsOf(cv: OpenCv, picture: Mat): PictureFacts {
  const thumb = picture.resize(THUMB.rows, THUMB.cols, 0, 0, cv.INTER_AREA).cvtColor(cv.COLOR_BGR2GRAY);
  const grid = picture.resize(GRID.rows, GRID.cols, 0, 0, cv.INTER_NEAREST);
  return { ...thumbFacts(thumb.getData(), THUMB.cols), hash: hashBytes(grid.getData()) };
}

/** Writes the region of interest as RGB where the parent reads it. */
function leavePicture(cv: OpenCv, picture: Mat, { roi }: CameraSettings): PictureSize {
  const tray = roi === undefined ? picture : picture.getRegion(new cv.Rect(roi.x, roi.y, roi.w, roi.h));
  const rgb = tray.cvtColor(cv.COLOR_BGR2RGB).getData();
  for (let done = 0; done < rgb.length; ) done += writeSync(PICTURE_FD, rgb, done, rgb.length - done, done);
  return { width: tray.cols, height: tray.rows };
}

function checkRoi({ roi }: CameraSettings, { cols, rows }: Mat): void {
  if (roi === undefined || (roi.x + roi.w <= cols && roi.y + roi.h <= rows)) return;
  const region = `${roi.w}x${roi.h} at ${roi.x},${roi.y}`;
  throw new InvalidInputError(
    `the tray region ${region} leaves the picture of ${cols}x${rows}`,
    "Change camera.roi.",
  );
}

async function captureAll(cv: OpenCv, grabber: Grabber, settings: CameraSettings): Promise<FromCapture> {
  for (let first = true; ; first = false) {
    const picture = await grabber.read();
    if (picture === undefined) {
      if (grabber.recorded) return { is: "ended" };
      return { is: "lost", why: "the camera stopped giving pictures" };
    }
    const atNs = process.hrtime.bigint().toString();
    if (first) checkRoi(settings, picture);
    const left = wanted ? leavePicture(cv, picture, settings) : null;
    if (left !== null) wanted = false;
    void tell({ is: "picture", atNs, facts: factsOf(cv, picture), left });
  }
}

async function capture(settings: CameraSettings): Promise<void> {
  let last: FromCapture;
  let grabber: Grabber | undefined;
  try {
    const cv = loadOpenCv();
    // The cores belong to inference; shrinking a picture is not worth waking a pool of threads.
    cv.setNumThreads(1);
    grabber = openGrabber(cv, settings);
    const { width, height, fps, note } = grabber;
    await tell({ is: "opened", width, height, fps, note });
    last = await captureAll(cv, grabber, settings);
  } catch (error) {
    last = { is: "lost", why: describeError(error) };
  }
  grabber?.close();
  await tell(last);
  process.exit(0);
}

process.on("message", (message: ToCapture) => {
  if (message.do === "want") wanted = true;
  else void capture(message.settings);
});
// The parent is gone. An orderly exit would wait for a driver that may never answer.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
// Ctrl-C reaches the whole process group, and systemd's SIGTERM the whole unit; when to end is the parent's decision.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => {});
