export { type CameraBehaviour, MjpegCamera, type MjpegCameraOptions } from "./mjpeg-camera.js";
