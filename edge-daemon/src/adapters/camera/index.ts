export { CameraOpenError } from "./errors.js";
export { loadOpenCv, OpenCvMissingError } from "./opencv.js";
export { type CameraTools, OpenCvCamera } from "./opencv-camera.js";
export { isRecorded, sourceOf } from "./source.js";
