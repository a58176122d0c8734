import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Picture } from "@tillsight/models";
import sharp from "sharp";
import { blackPicture, coveredPicture, withNoise } from "./faulty-picture.js";

/**
 * What the camera does. `frozen`: the last picture again and again; `black`; `covered`; `hung`: connected and
 * silent; `refusing`: as if unplugged.
 */
export type CameraBehaviour = "live" | "frozen" | "black" | "covered" | "hung" | "refusing";

export interface MjpegCameraOptions {
  /** TCP port on 127.0.0.1; 0 lets the system choose. */
  readonly port?: number;
  /** Repeats the shown picture at this rate; without it, one picture goes out for each `show`. */
  readonly fps?: number;
  /** Sensor noise added to each picture, grey levels; 0 when the program brings its own. */
  readonly noise?: number;
  /** JPEG quality, 1 to 100. */
  readonly quality?: number;
}

const BOUNDARY = "tillsight-picture";
/** A client that is this far behind misses pictures, as on a real camera. */
const MOST_QUEUED_BYTES = 1 << 20;

/** A network camera (MJPEG over HTTP, as most IP cameras speak it) that a program points at its own pictures. */
export class MjpegCamera {
  readonly #options: Required<Omit<MjpegCameraOptions, "fps">> & { readonly fps: number | undefined };
  readonly #clients = new Set<ServerResponse>();
  #server: Server | undefined;
  #port: number;
  #ticking: NodeJS.Timeout | undefined;
  #behaviour: CameraBehaviour = "live";
  #shown: Picture | undefined;
  #lastJpeg: Uint8Array | undefined;
  #count = 0;
  #busy = false;

  constructor({ port = 0, fps, noise = 0, quality = 85 }: MjpegCameraOptions = {}) {
    this.#options = { port, fps, noise, quality };
    this.#port = port;
  }

  /** Resolves when the camera answers at `url`. */
  async start(): Promise<void> {
    await this.#listen();
    const { fps } = this.#options;
    if (fps !== undefined) this.#ticking = setInterval(() => void this.#tick(), 1000 / fps);
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    clearInterval(this.#ticking);
    await this.#close();
  }

  /** Valid after start. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}/video`;
  }

  /** Who watches now. */
  get watchers(): number {
    return this.#clients.size;
  }

  /** Points the camera at a picture, RGB. Resolves when it is on its way. */
  async show(picture: Picture): Promise<void> {
    this.#shown = picture;
    if (this.#options.fps === undefined) await this.#send();
  }

  /** Resolves when it behaves so. */
  async behave(behaviour: CameraBehaviour): Promise<void> {
    this.#behaviour = behaviour;
    if (behaviour === "refusing") await this.#close();
    else if (this.#server === undefined) await this.#listen();
  }

  /** Cuts every connection in the middle of a picture. New ones are served. */
  async cut(): Promise<void> {
    const jpeg = this.#lastJpeg ?? (await this.#encode());
    for (const client of this.#clients) {
      if (jpeg !== undefined)
        client.write(Buffer.concat([partHead(jpeg), jpeg.subarray(0, jpeg.length / 2)]));
      client.socket?.destroySoon();
    }
  }

  async #tick(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await this.#send();
    } finally {
      this.#busy = false;
    }
  }

  async #send(): Promise<void> {
    if (this.#behaviour === "hung" || this.#behaviour === "refusing") return;
    const jpeg =
      this.#behaviour === "frozen" ? (this.#lastJpeg ?? (await this.#encode())) : await this.#encode();
    if (jpeg === undefined) return;
    this.#lastJpeg = jpeg;
    const part = Buffer.concat([partHead(jpeg), jpeg, Buffer.from("\r\n")]);
    for (const client of this.#clients) {
      if (client.writableLength < MOST_QUEUED_BYTES) client.write(part);
    }
  }

  async #encode(): Promise<Uint8Array | undefined> {
    if (this.#shown === undefined) return undefined;
    const { noise, quality } = this.#options;
    const blind = this.#behaviour === "black" || this.#behaviour === "covered";
    const seen =
      this.#behaviour === "black"
        ? blackPicture(this.#shown)
        : this.#behaviour === "covered"
          ? coveredPicture(this.#shown)
          : this.#shown;
    const { width, height, data } = withNoise(seen, blind ? Math.max(1, noise) : noise, ++this.#count);
    return sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality })
      .toBuffer();
  }

  async #listen(): Promise<void> {
    const server = createServer(({ method }, response) => {
      response.writeHead(200, {
        "content-type": `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
        "cache-control": "no-store",
      });
      if (method !== "GET") return response.end();
      response.flushHeaders();
      response.socket?.setNoDelay(true);
      this.#clients.add(response);
      return response.on("close", () => this.#clients.delete(response));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    // The address stays the same when the camera comes back.
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async #close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }
}

function partHead(jpeg: Uint8Array): Buffer {
  return Buffer.from(`--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
}
