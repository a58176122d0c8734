import { tmpdir } from "node:os";
import { ServerMessage } from "@tillsight/contracts";
import { WebSocket } from "ws";
import { silentLogger } from "../observe/logger.js";
import { systemClock } from "../ports/clock.js";
import { ScriptedLane } from "../testing/lane/index.js";
import { KioskApi, type KioskApiOptions } from "./kiosk-api.js";

/** A page of a test: every message is checked against the contract. */
export class TestPage {
  readonly messages: ServerMessage[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(readonly socket: WebSocket) {
    socket.on("message", (data) => {
      this.messages.push(ServerMessage.parse(JSON.parse(data.toString())));
      for (const wake of this.#waiting) wake();
    });
  }

  /** Waits until the messages fit. The test's own time limit ends a wait that never does. */
  async until(fits: (messages: ServerMessage[]) => boolean): Promise<ServerMessage[]> {
    while (!fits(this.messages)) {
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
    return this.messages;
  }

  async ask(message: object): Promise<Extract<ServerMessage, { type: "answer" }>> {
    const requestId = `r${Math.random()}`;
    const isAnswer = (m: ServerMessage) => m.type === "answer" && m.requestId === requestId;
    this.socket.send(JSON.stringify({ requestId, ...message }));
    const messages = await this.until((all) => all.some(isAnswer));
    return messages.find(isAnswer) as Extract<ServerMessage, { type: "answer" }>;
  }
}

/** A kiosk API with a scripted lane on a free port, and pages to talk to it. */
export async function openTestApi(options: Partial<KioskApiOptions> = {}) {
  const lane = new ScriptedLane();
  const api = new KioskApi({
    lane,
    clock: systemClock,
    log: silentLogger,
    host: "127.0.0.1",
    port: 0,
    pageDir: tmpdir(),
    ...options,
  });
  const url = await api.start();
  const open = (headers: Record<string, string> = {}): Promise<TestPage> =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`${url.replace("http", "ws")}ws`, { headers });
      const page = new TestPage(socket);
      socket.once("open", () => resolve(page));
      socket.once("error", reject);
    });
  return { lane, api, url, open };
}
