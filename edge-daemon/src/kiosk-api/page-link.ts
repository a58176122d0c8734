import { performance } from "node:perf_hooks";
import type { ServerMessage } from "@tillsight/contracts";
import type { WebSocket } from "ws";
import type { LaneChange, LaneControl } from "../ports/lane.js";
import { addToBacklog, type Backlog, noBacklog } from "./backlog.js";

/** Bytes waiting in our own buffer above which a page counts as slow; about 30 trays of ten items. */
export const slowAboveBytes = 64 * 1024;

/** What a link needs of a socket; `ws` fits, and so does a test's. */
export type LinkSocket = Pick<WebSocket, "send" | "bufferedAmount" | "terminate" | "ping">;

/**
 * One page: a snapshot, then numbered changes, never more in memory than one of each kind beyond what the
 * socket holds. Answers are not numbered and never dropped; the page may have only a few requests open.
 */
export class PageLink {
  readonly #socket: LinkSocket;
  readonly #lane: Pick<LaneControl, "view">;
  #seq = 0;
  #backlog: Backlog = noBacklog;
  #heardAt = performance.now();

  constructor(socket: LinkSocket, lane: Pick<LaneControl, "view">) {
    this.#socket = socket;
    this.#lane = lane;
  }

  start(): void {
    this.#backlog = { kind: "snapshot" };
    this.#flush();
  }

  changed(change: LaneChange): void {
    this.#backlog = addToBacklog(this.#backlog, change);
    this.#flush();
  }

  answer(message: Extract<ServerMessage, { type: "answer" }>): void {
    this.#send(message);
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  /** Asks for a sign of life; ends a link that gave none for `silentMs` milliseconds. */
  beat(silentMs: number): void {
    if (performance.now() - this.#heardAt > silentMs) this.#socket.terminate();
    else this.#socket.ping();
  }

  #flush(): void {
    if (this.#socket.bufferedAmount > slowAboveBytes) return;
    const backlog = this.#backlog;
    this.#backlog = noBacklog;
    if (backlog.kind === "snapshot") {
      this.#send({ type: "snapshot", seq: this.#seq++, view: this.#lane.view() });
      return;
    }
    for (const change of backlog.changes) this.#send({ ...change, seq: this.#seq++ });
  }

  #send(message: ServerMessage): void {
    // Called when the bytes have left our buffer (or the socket is gone, where a flush does no harm).
    this.#socket.send(JSON.stringify(message), (error) => {
      if (!error && this.#backlog !== noBacklog) this.#flush();
    });
  }
}
