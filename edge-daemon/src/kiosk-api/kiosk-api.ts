import type { AddressInfo, Socket } from "node:net";
import websocket from "@fastify/websocket";
import Fastify, { type FastifyInstance } from "fastify";
import type { Logger } from "../observe/logger.js";
import type { Clock } from "../ports/clock.js";
import type { LaneControl } from "../ports/lane.js";
import { answerError, answerNoHttp, answerNotFound } from "./answer-errors.js";
import { AttendantGate } from "./attendant.js";
import { listenError } from "./errors.js";
import { type DemoRoutes, jsonRoutes } from "./json-routes.js";
import { pageRoutes } from "./page-routes.js";
import { Pages } from "./pages.js";
import { pictureRoutes } from "./picture-routes.js";
import { guard } from "./security.js";

export interface KioskApiOptions {
  lane: LaneControl;
  clock: Clock;
  log: Logger;
  /** Address to listen on, normally 127.0.0.1. */
  host: string;
  /** 0 lets the system choose. */
  port: number;
  /** Folder of the built page (kiosk-ui/dist/web). */
  pageDir: string;
  /** 4 to 12 digits or what `hashPin` made of them; left out, attendant actions are refused. */
  attendantPin?: string | undefined;
  /** Host names besides addresses and `localhost` by which the lane may be called, lower case. */
  allowedHosts?: readonly string[];
  /** Web origins that may use the API besides its own page. */
  allowedOrigins?: readonly string[];
  /** What a virtual lane adds for its page, for example what the simulated till received. */
  demo?: DemoRoutes;
}

/** Largest message of a page; the longest honest one has under 400 bytes. */
const maxMessageBytes = 4096;

/** How long pages have to answer the goodbye. */
const goodbyeMs = 500;

/** The lane's HTTP and WebSocket server, for the kiosk page, health checks and metrics. */
export class KioskApi {
  readonly #options: KioskApiOptions;
  readonly #gate: AttendantGate;
  readonly #pages: Pages;
  readonly #stopping = new AbortController();
  readonly #sockets = new Set<Socket>();
  #app: FastifyInstance | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: KioskApiOptions) {
    this.#options = options;
    this.#gate = new AttendantGate(options.attendantPin, options.clock);
    this.#pages = new Pages(options.lane, this.#gate, options.log);
  }

  /**
   * @returns address of the page, such as `http://127.0.0.1:7400/`
   * @throws KioskAddressError when it cannot listen there
   * @throws InvalidInputError when `attendantPin` is neither a PIN nor its hash
   */
  async start(): Promise<string> {
    const { host, port } = this.#options;
    await this.#gate.ready();
    const app = await this.#build();
    this.#app = app;
    try {
      await app.listen({ host, port });
    } catch (cause) {
      await app.close();
      throw listenError(cause, host, port);
    }
    this.#pages.start();
    const bound = (app.server.address() as AddressInfo).port;
    return `http://${host.includes(":") ? `[${host}]` : host}:${bound}/`;
  }

  /** Ends streams, says goodbye to pages and closes; idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopOnce();
    return this.#stopped;
  }

  async #stopOnce(): Promise<void> {
    this.#stopping.abort();
    this.#pages.stop();
    // Node's server forgets a connection once it is upgraded, but waits for it all the same.
    const cutOff = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, goodbyeMs);
    await this.#app?.close();
    clearTimeout(cutOff);
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  async #build(): Promise<FastifyInstance> {
    const { lane, log, host, pageDir, allowedHosts = [], allowedOrigins = [], demo = {} } = this.#options;
    const onError = answerError(log);
    const app = Fastify({
      forceCloseConnections: true,
      bodyLimit: 1024,
      frameworkErrors: onError,
      clientErrorHandler: answerNoHttp,
    });
    app.server.on("connection", (socket) => this.#track(socket));
    app.setErrorHandler(onError);
    app.setNotFoundHandler(answerNotFound);
    guard(app, { hosts: [host.toLowerCase(), ...allowedHosts], origins: allowedOrigins });
    await app.register(websocket, { options: { maxPayload: maxMessageBytes, perMessageDeflate: false } });
    await app.register(async (scope) => this.#pages.routes(scope));
    await app.register(async (scope) => pictureRoutes(scope, lane, this.#stopping.signal));
    await app.register(async (scope) => jsonRoutes(scope, lane, demo));
    await app.register(async (scope) => pageRoutes(scope, pageDir));
    return app;
  }
}
