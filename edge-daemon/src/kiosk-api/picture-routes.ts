import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { LaneControl } from "../ports/lane.js";

/** How often a stream looks for a newer picture; faster than cameras in stores deliver. */
const lookEveryMs = 40;
const boundary = "tillsight-frame";

const noPicture = {
  code: "NO_PICTURE",
  message: "there is no picture of the tray now",
  fix: "See /healthz for what the camera says.",
};

const noItem = {
  code: "NO_PICTURE",
  message: "no notice speaks of this item now",
  fix: "It was taken off the tray, or an attendant has said what it is.",
};

const neverStored = (reply: FastifyReply): FastifyReply => reply.header("cache-control", "no-store");

/**
 * `/items/:item.jpg`: an item that a notice speaks of, as it was seen. `/tray.jpg` (entity tag and `x-tray-seq`: the picture's number) and `/tray.mjpeg`
 * (multipart/x-mixed-replace). Both show only the newest good picture: with the camera at fault the first
 * answers 503 and the second ends, so that nobody looks at an old tray.
 * @param stopping aborted when the server stops, which ends open streams
 */
export function pictureRoutes(app: FastifyInstance, lane: LaneControl, stopping: AbortSignal): void {
  app.get("/tray.jpg", async (request, reply) => {
    const picture = await lane.picture();
    neverStored(reply);
    if (!picture) return reply.code(503).send(noPicture);
    const tag = `"${picture.seq}"`;
    reply.headers({ etag: tag, "x-tray-seq": String(picture.seq) });
    if (request.headers["if-none-match"] === tag) return reply.code(304).send();
    return reply.type("image/jpeg").send(Buffer.from(picture.jpeg));
  });

  app.get<{ Params: { item: string } }>("/items/:item.jpg", async (request, reply) => {
    const jpeg = await lane.itemPicture(request.params.item);
    neverStored(reply);
    if (!jpeg) return reply.code(404).send(noItem);
    return reply.type("image/jpeg").send(Buffer.from(jpeg));
  });

  app.get("/tray.mjpeg", async (_request, reply) => {
    const first = await lane.picture();
    neverStored(reply);
    if (!first) return reply.code(503).send(noPicture);
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      "content-type": `multipart/x-mixed-replace; boundary=${boundary}`,
    });
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    await stream(response, lane, AbortSignal.any([stopping, gone.signal]));
  });
}

/** Writes each newer picture when the one before has left; ends at a fault, a stop, or when nobody listens. */
async function stream(response: ServerResponse, lane: LaneControl, signal: AbortSignal): Promise<void> {
  let shown = -1;
  response.write(`--${boundary}\r\n`);
  try {
    while (!signal.aborted) {
      const picture = await lane.picture();
      if (!picture) break;
      if (picture.seq !== shown) {
        shown = picture.seq;
        // The boundary follows at once: browsers show a part only when they see its end.
        const head = `content-type: image/jpeg\r\ncontent-length: ${picture.jpeg.byteLength}\r\nx-tray-seq: ${shown}\r\n\r\n`;
        response.cork();
        response.write(head);
        response.write(picture.jpeg);
        const room = response.write(`\r\n--${boundary}\r\n`);
        response.uncork();
        if (!room) await once(response, "drain", { signal });
      }
      await sleep(lookEveryMs, undefined, { signal });
    }
  } catch (error) {
    if (!signal.aborted) response.destroy(error as Error);
  }
  response.end();
}
