import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { mayStay, requireOwnOrigin } from "./authenticate.js";
import { jobView } from "./enrol-view.js";
import type { ServerParts } from "./server.js";

const Query = z.strictObject({ batch: z.uuid().optional() });

export const LiveQuery = Query;

/** Bytes in our own buffer above which a page is slow: it gets a snapshot when it has caught up. */
const slowAbove = 256 * 1024;
const beatMs = 20_000;
/** Closes a page whose session is over; 4000 and above are an application's own (RFC 6455, 7.4.2). */
const notAllowed = 4401;

/**
 * `GET /api/enrolments/live?batch=ID` as a WebSocket: a snapshot, then jobs as they change. Browsers send cookies
 * and reach loopback from any page, so pages of other origins are turned away.
 */
export function liveRoute(app: FastifyInstance, { enrolment, access, log }: ServerParts): void {
  app.get(
    "/api/enrolments/live",
    {
      websocket: true,
      preValidation: async (request) => {
        requireOwnOrigin(request);
        Query.parse(request.query);
      },
    },
    (socket, request) => {
      const { batch } = Query.parse(request.query);
      const end = enrolment.live.add({
        batch,
        tell({ type, counts, jobs }) {
          if (socket.bufferedAmount > slowAbove) return false;
          socket.send(JSON.stringify({ type, counts, enrolments: jobs.map(jobView) }));
          return true;
        },
      });
      let heard = true;
      const beat = setInterval(() => {
        if (!heard) return socket.terminate();
        heard = false;
        socket.ping();
        mayStay(request, access)
          .then((may) => may || socket.close(notAllowed, "signed out"))
          .catch((error) => log.warn("a page's rights could not be looked at", { error: String(error) }));
      }, beatMs);
      socket.on("pong", () => {
        heard = true;
      });
      socket.on("error", () => socket.terminate());
      socket.once("close", () => {
        clearInterval(beat);
        end();
      });
    },
  );
}
