export { type FrameDelay, measureFrameDelay } from "./frame-delay.js";
export { type CameraBehaviour, MjpegCamera, type MjpegCameraOptions } from "./mjpeg-camera.js";
