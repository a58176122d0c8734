import sharp from "sharp";
import type { Camera, Frame } from "../ports/camera.js";

/** Good enough to see a label; a third of the bytes of quality 90. */
const jpegQuality = 80;

/** Keeps the newest good frame for people to see; encodes it only when somebody looks, and once. */
export class TrayPicture {
  readonly #camera: Camera;
  #frame: Frame | undefined;
  #encoded: { seq: number; jpeg: Promise<Uint8Array> } | undefined;

  constructor(camera: Camera) {
    this.#camera = camera;
  }

  /** The same camera, whose frames are remembered as they pass. */
  tapped(): Camera {
    const camera = this.#camera;
    const keep = (frame: Frame): void => {
      this.#frame = frame;
    };
    return {
      start: () => camera.start(),
      stop: () => camera.stop(),
      status: () => camera.status(),
      onStatus: (listener) => camera.onStatus(listener),
      async *frames(signal) {
        for await (const frame of camera.frames(signal)) {
          keep(frame);
          yield frame;
        }
      },
    };
  }

  /** When the newest frame was captured, monotonic ms; 0 before the first. */
  capturedAt(): number {
    return this.#frame?.capturedAt ?? 0;
  }

  /** Null while there is no frame, and while the camera is at fault: an old picture is never shown as live. */
  async newest(): Promise<{ seq: number; jpeg: Uint8Array } | null> {
    const frame = this.#frame;
    const { state } = this.#camera.status();
    if (!frame || state === "fault" || state === "starting" || state === "stopped") return null;
    if (this.#encoded?.seq !== frame.seq) this.#encoded = { seq: frame.seq, jpeg: encode(frame) };
    return { seq: frame.seq, jpeg: await this.#encoded.jpeg };
  }
}

const encode = ({ width, height, data }: Frame): Promise<Uint8Array> =>
  sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: jpegQuality })
    .toBuffer();
