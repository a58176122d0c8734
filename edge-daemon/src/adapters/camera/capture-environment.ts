import type { CameraSettings } from "../../ports/camera.js";

/**
 * A read that takes longer ends by itself. Well after the camera counts as hung, which ends it sooner: this is for
 * a process whose parent died while it waited for a connection.
 */
const LAST_RESORT_MS = 20_000;

/**
 * What OpenCV reads from the environment when it opens a source: its own waits, and how much FFmpeg may queue.
 * Its binding cannot pass them in any other way.
 */
export function captureEnvironment({ hungAfterMs, source }: CameraSettings): Record<string, string> {
  const micros = String(Math.max(2 * hungAfterMs, LAST_RESORT_MS) * 1000);
  const ffmpeg: Record<string, string> = {
    rtsp_transport: "tcp",
    // Live pictures: no queue, and as little looking ahead as the format allows.
    fflags: "nobuffer",
    probesize: "500000",
    analyzeduration: "200000",
    fpsprobesize: "0",
    rw_timeout: micros,
    ...(source.startsWith("rtsp") ? { timeout: micros } : {}),
  };
  const options = Object.entries(ffmpeg).map(([key, value]) => `${key};${value}`);
  return {
    OPENCV_LOG_LEVEL: "SILENT",
    OPENCV_FFMPEG_LOGLEVEL: "-8",
    OPENCV_FFMPEG_CAPTURE_OPTIONS: /^[a-z]+:\/\//.test(source) ? options.join("|") : "",
    OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT: String(Math.max(1, Math.ceil(hungAfterMs / 1000))),
  };
}
