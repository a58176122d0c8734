import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  attendantActions,
  type BasketAction,
  InvariantError,
  type LaneView,
  Product,
  ServerMessage,
  TillsightError,
} from "@tillsight/contracts";
import WebSocket from "ws";
import { z } from "zod";
import type { LaneForShopper } from "../virtual/lane-watch.js";

/** The lane did not do what the page asked for; `code` is the lane's own. */
export class ActionRefusedError extends TillsightError {
  constructor(
    readonly code: string,
    message: string,
    fix: string,
  ) {
    super(message, fix);
  }
}

/** The connection ended before the answer came: nobody knows whether the lane carried the request out. */
export class PageLostError extends TillsightError {
  readonly code = "PAGE_LOST";

  constructor() {
    super("the lane went away", "Connect again and look at the basket.");
  }
}

type Answer = Extract<ServerMessage, { type: "answer" }>;

/** A kiosk page without a screen: one WebSocket, as the real page has, with every message checked. */
export class PageClient implements LaneForShopper {
  readonly #url: URL;
  readonly #socket: WebSocket;
  readonly #pin: string;
  readonly #listeners = new Set<() => void>();
  readonly #open = new Map<string, (answer: Answer | null) => void>();
  #products: readonly Product[] = [];
  #view: LaneView | null = null;
  #seq = -1;
  #lost = false;

  private constructor(url: string, pin: string) {
    this.#url = new URL(url);
    this.#pin = pin;
    this.#socket = new WebSocket(new URL("/ws", url.replace(/^http/, "ws")));
    this.#socket.on("message", (data) => this.#hear(String(data)));
    this.#socket.on("error", () => {}); // `close` follows
    this.#socket.on("close", () => this.#lose());
  }

  /** Connected, with its first snapshot. @throws PageLostError; the abort reason */
  static async connect(url: string, pin: string, signal?: AbortSignal): Promise<PageClient> {
    const page = new PageClient(url, pin);
    try {
      await page.until((view) => view !== null, signal);
      page.#products = z.array(Product).parse(await page.json("/api/products?limit=100"));
      return page;
    } catch (error) {
      page.close();
      throw error;
    }
  }

  /** Whether the connection has ended; the view is then what was last shown. */
  get lost(): boolean {
    return this.#lost;
  }

  /** The view as the page would draw it. */
  view(): LaneView {
    if (!this.#view) throw new InvariantError("the page has no snapshot yet");
    return this.#view;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when `holds`. @throws PageLostError; the abort reason */
  async until(holds: (view: LaneView | null) => boolean, signal?: AbortSignal): Promise<LaneView> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        unsubscribe();
        signal?.removeEventListener("abort", onAbort);
        act();
      };
      const look = (): void => {
        if (holds(this.#view)) settle(() => resolve(this.view()));
        else if (this.#lost) settle(() => reject(new PageLostError()));
      };
      const onAbort = (): void => settle(() => reject(signal?.reason));
      const unsubscribe = this.onChange(look);
      signal?.addEventListener("abort", onAbort, { once: true });
      look();
    });
  }

  /** Resolves when the lane has carried it out. @throws ActionRefusedError, PageLostError */
  async act(action: BasketAction): Promise<void> {
    if (this.#lost) throw new PageLostError();
    const requestId = randomUUID();
    const attendantPin = attendantActions.has(action.do) ? { attendantPin: this.#pin } : {};
    const answered = new Promise<Answer | null>((resolve) => this.#open.set(requestId, resolve));
    this.#socket.send(JSON.stringify({ type: "action", requestId, action, ...attendantPin }), () => {});
    const answer = await answered;
    if (!answer) throw new PageLostError();
    if (answer.error) throw new ActionRefusedError(answer.error.code, answer.error.message, answer.error.fix);
  }

  searchProducts(text: string, limit: number): Product[] {
    const wanted = text.toLowerCase();
    return this.#products.filter((p) => p.name.toLowerCase().includes(wanted)).slice(0, limit);
  }

  async picture(): Promise<{ readonly seq: number; readonly jpeg: Uint8Array } | null> {
    const answer = await fetch(new URL("/tray.jpg", this.#url));
    const body = new Uint8Array(await answer.arrayBuffer());
    return answer.ok ? { seq: Number(answer.headers.get("x-tray-seq")), jpeg: body } : null;
  }

  /** What the lane answers to `GET path`. */
  async json(path: string): Promise<unknown> {
    return (await fetch(new URL(path, this.#url))).json();
  }

  close(): void {
    if (this.#socket.readyState !== WebSocket.CLOSED) this.#socket.terminate();
    this.#lose();
  }

  #hear(text: string): void {
    const message = ServerMessage.parse(JSON.parse(text));
    if (message.type === "answer") {
      this.#open.get(message.requestId)?.(message);
      this.#open.delete(message.requestId);
      return;
    }
    if (message.seq !== this.#seq + 1)
      throw new InvariantError(`the lane's message ${message.seq} followed ${this.#seq}`);
    this.#seq = message.seq;
    this.#view = apply(this.#view, message);
    this.#tell();
  }

  #lose(): void {
    if (this.#lost) return;
    this.#lost = true;
    for (const answer of this.#open.values()) answer(null);
    this.#open.clear();
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

type Numbered = Exclude<ServerMessage, { type: "answer" }>;

function apply(view: LaneView | null, message: Numbered): LaneView {
  if (message.type === "snapshot") return message.view;
  if (!view) throw new InvariantError("the lane's first message was no snapshot");
  switch (message.type) {
    case "basket":
      return { ...view, basket: message.basket };
    case "tray":
      return { ...view, tray: message.tray };
    case "notices":
      return { ...view, notices: message.notices, tillConnected: message.tillConnected };
  }
}

/** Connects as soon as the lane listens: again and again until it does. @throws the abort reason */
export async function connectWhenUp(url: string, pin: string, signal: AbortSignal): Promise<PageClient> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await PageClient.connect(url, pin, signal);
    } catch (error) {
      if (!(error instanceof PageLostError) && !(error instanceof TypeError)) throw error; // fetch: TypeError
      await sleep(50, undefined, { signal });
    }
  }
}
