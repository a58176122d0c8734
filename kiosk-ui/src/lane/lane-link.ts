import { type ClientMessage, ServerMessage } from "@tillsight/contracts";
import { reconnectDelay } from "@tillsight/look";

export interface LinkEvents {
  onLinked(): void;
  onUnlinked(): void;
  onMessage(message: ServerMessage): void;
}

/** Reads one message of the lane; null when it does not fit the contract. */
export function readMessage(data: unknown): ServerMessage | null {
  try {
    return ServerMessage.safeParse(JSON.parse(String(data))).data ?? null;
  } catch {
    return null;
  }
}

/** The page's WebSocket, made anew whenever it is lost or says something that does not fit. */
export class LaneLink {
  readonly #url: string;
  readonly #events: LinkEvents;
  #socket: WebSocket | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(url: string, events: LinkEvents) {
    this.#url = url;
    this.#events = events;
  }

  start(): void {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.#events.onLinked();
    socket.onmessage = ({ data }) => {
      const message = readMessage(data);
      if (!message) return this.restart();
      // Only a lane that speaks counts as back: a port that answers and hangs up must not be hammered.
      this.#failures = 0;
      this.#events.onMessage(message);
    };
    socket.onclose = () => this.#lost();
  }

  /** Drops the connection; the next one begins with a snapshot. */
  restart(): void {
    const socket = this.#socket;
    if (!socket) return;
    // A closing handshake with a peer that is gone takes its time; the page must not wait for it.
    socket.onmessage = socket.onclose = null;
    socket.close();
    this.#lost();
  }

  stop(): void {
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  /** @returns false when there is no connection; nothing is kept for later, because the basket may have changed. */
  send(message: ClientMessage): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #lost(): void {
    this.#socket = undefined;
    this.#events.onUnlinked();
    this.#retry = setTimeout(() => this.start(), reconnectDelay(this.#failures++, Math.random));
  }
}
