import type { FastifyInstance } from "fastify";
import type { WebSocket } from "ws";
import type { Logger } from "../observe/logger.js";
import type { LaneControl } from "../ports/lane.js";
import { answerNoUpgrade } from "./answer-errors.js";
import type { AttendantGate } from "./attendant.js";
import { PageLink } from "./page-link.js";
import { Requests } from "./requests.js";

/** Pages of one lane: shopper, attendant, a technician or two; more is a fault or an attack. */
const mostPages = 32;
const beatEveryMs = 10_000;
const silentAfterMs = 25_000;
/** RFC 6455, 7.4.1: "going away" and "try again later" (registered as 1013). */
const goingAway = 1001;
const tryAgainLater = 1013;

/** Every page that is connected to `/ws`. */
export class Pages {
  readonly #lane: LaneControl;
  readonly #gate: AttendantGate;
  readonly #log: Logger;
  readonly #links = new Map<WebSocket, PageLink>();
  #beat: NodeJS.Timeout | undefined;
  #unsubscribe: () => void = () => {};

  constructor(lane: LaneControl, gate: AttendantGate, log: Logger) {
    this.#lane = lane;
    this.#gate = gate;
    this.#log = log;
  }

  routes(app: FastifyInstance): void {
    app.route({
      ...{ method: "GET", url: "/ws" },
      handler: answerNoUpgrade,
      wsHandler: (socket) => this.#join(socket),
    });
  }

  start(): void {
    this.#unsubscribe = this.#lane.onChange((change) => {
      for (const link of this.#links.values()) link.changed(change);
    });
    this.#beat = setInterval(() => {
      for (const link of this.#links.values()) link.beat(silentAfterMs);
    }, beatEveryMs);
    this.#beat.unref();
  }

  stop(): void {
    clearInterval(this.#beat);
    this.#unsubscribe();
    for (const socket of this.#links.keys()) socket.close(goingAway, "the lane is stopping");
  }

  #join(socket: WebSocket): void {
    if (this.#links.size >= mostPages) {
      socket.close(tryAgainLater, "too many pages are open at this lane");
      return;
    }
    const link = new PageLink(socket, this.#lane);
    const requests = new Requests(this.#lane, this.#gate, this.#log);
    this.#links.set(socket, link);
    socket.on("pong", () => link.heard());
    socket.on("message", async (data, isBinary) => {
      link.heard();
      const answer = await requests.handle(isBinary ? "" : data.toString());
      if (socket.readyState === socket.OPEN) link.answer(answer);
    });
    socket.on("error", (error) =>
      this.#log.debug("a kiosk page broke the protocol", { error: error.message }),
    );
    socket.on("close", () => this.#links.delete(socket));
    link.start();
  }
}
