import { setTimeout as sleep } from "node:timers/promises";
import type { TillMessage } from "@tillsight/contracts";
import { afterEach, describe, expect, it } from "vitest";
import type { TillAnswer } from "../domain/basket/index.js";
import { systemClock } from "../ports/clock.js";
import type { LineSink, TillOutcome } from "../ports/line-sink.js";
import { anItem } from "../testing/till/messages.js";
import { TillDispatcher } from "./dispatcher.js";
import type { TillJob, TillQueue } from "./queue.js";

/** A queue in memory that writes down what happens, and a till that answers from a script. */
class Bench implements TillQueue {
  readonly log: string[] = [];
  readonly messages: TillMessage[];
  readonly sending = new Set<string>();
  failStores = 0;
  online = true;
  #listeners = new Set<() => void>();
  #connection = new Set<(connected: boolean) => void>();
  readonly sink: LineSink;
  readonly dispatcher: TillDispatcher;

  constructor(script: (TillOutcome["kind"] | "hang" | "throw")[], idempotent: boolean, count = 1) {
    this.messages = Array.from({ length: count }, () => anItem());
    const send: LineSink["send"] = async (message, sequence, signal) => {
      const kind = script.shift() ?? "accepted";
      this.log.push(`send ${this.#name(message.messageId)} #${sequence} ${kind}`);
      if (kind === "throw") throw new RangeError("a sink's own");
      if (kind === "hang") await sleep(60_000, undefined, { signal });
      return kind === "accepted" ? { kind } : { kind: kind as "refused", reason: "why" };
    };
    this.sink = {
      protocol: "till-line",
      capabilities: { quantity: true, void: true, weight: true, total: true },
      idempotent,
      send,
      connected: () => this.online,
      onConnection: (listener) => {
        this.#connection.add(listener);
        return () => this.#connection.delete(listener);
      },
      start: async () => {},
      stop: async () => {},
    };
    this.dispatcher = new TillDispatcher({
      queue: this,
      sink: this.sink,
      clock: systemClock,
      onTrouble: () => {},
      delays: () => ({ next: () => ({ value: 1, done: false }) }),
      graceMs: 30,
      // So long that a test would fail which is not woken.
      idleMs: 60_000,
    });
    started.push(this.dispatcher);
  }

  #name = (id: string) => String(this.messages.findIndex((m) => m.messageId === id));

  async take(): Promise<TillJob | undefined> {
    const message = this.messages.find(
      (m) => !this.log.some((l) => l.startsWith(`finish ${this.#name(m.messageId)} `)),
    );
    if (!message) return undefined;
    const found = this.sending.has(message.messageId);
    this.sending.add(message.messageId);
    return { message, sequence: 1 + Number(this.#name(message.messageId)), attempts: 1, found };
  }
  async release(messageId: string): Promise<void> {
    this.sending.delete(messageId);
    this.log.push(`release ${this.#name(messageId)}`);
  }
  async finish(messageId: string, answer: TillAnswer): Promise<void> {
    if (this.failStores-- > 0) throw new RangeError("no room");
    this.log.push(`finish ${this.#name(messageId)} ${answer.kind}`);
  }
  onWork(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  add(): void {
    this.messages.push(anItem());
    for (const listener of this.#listeners) listener();
  }
  connect(): void {
    this.online = true;
    for (const listener of this.#connection) listener(true);
  }
  finished = () => this.log.filter((l) => l.startsWith("finish")).length;
  async untilFinished(n: number): Promise<string[]> {
    await expect.poll(() => this.finished(), { interval: 2, timeout: 5_000 }).toBe(n);
    return this.log;
  }
}

const started: TillDispatcher[] = [];
afterEach(async () => {
  for (const dispatcher of started.splice(0)) await dispatcher.stop();
});

describe("the way of a message to the till", () => {
  const cases: [string, ConstructorParameters<typeof Bench>, string[]][] = [
    [
      "in order, one after the other",
      [[], true, 2],
      ["send 0 #1 accepted", "finish 0 accepted", "send 1 #2 accepted", "finish 1 accepted"],
    ],
    [
      "a refusal ends it, the next one follows",
      [["refused"], true, 2],
      ["send 0 #1 refused", "finish 0 refused", "send 1 #2 accepted", "finish 1 accepted"],
    ],
    [
      "silence: the same number again",
      [["inDoubt", "inDoubt"], true],
      ["send 0 #1 inDoubt", "send 0 #1 inDoubt", "send 0 #1 accepted", "finish 0 accepted"],
    ],
    [
      "silence without a way to repeat: in doubt",
      [["inDoubt"], false],
      ["send 0 #1 inDoubt", "finish 0 inDoubt"],
    ],
    [
      "not sent: back to the queue, for ever",
      [["unsent", "unsent"], false],
      [
        "send 0 #1 unsent",
        "release 0",
        "send 0 #1 unsent",
        "release 0",
        "send 0 #1 accepted",
        "finish 0 accepted",
      ],
    ],
    [
      "not sent after silence: it stays marked",
      [["inDoubt", "unsent"], true],
      ["send 0 #1 inDoubt", "send 0 #1 unsent", "send 0 #1 accepted", "finish 0 accepted"],
    ],
    [
      "a sink that breaks its promise is in doubt",
      [["throw"], false],
      ["send 0 #1 throw", "finish 0 inDoubt"],
    ],
  ];
  it.each(cases)("%s", async (_name, parts, want) => {
    const bench = new Bench(...parts);
    bench.dispatcher.start();
    expect(await bench.untilFinished(want.filter((l) => l.startsWith("finish")).length)).toEqual(want);
  });
});

describe("a message found half-sent at the start", () => {
  it.each([
    [true, ["send 0 #1 accepted", "finish 0 accepted"]],
    [false, ["finish 0 inDoubt"]],
  ])("idempotent %s", async (idempotent, want) => {
    const bench = new Bench([], idempotent);
    bench.sending.add(bench.messages[0]?.messageId ?? "");
    bench.dispatcher.start();
    expect(await bench.untilFinished(1)).toEqual(want);
  });
});

describe("living with trouble", () => {
  it("tells that the till is away, waits without trying, and goes on at once when it is back", async () => {
    const bench = new Bench(["unsent"], true);
    bench.online = false;
    bench.dispatcher.start();
    await expect.poll(() => bench.log.length).toBe(2);
    await sleep(30);
    expect(bench.log).toEqual(["send 0 #1 unsent", "release 0"]);
    expect(bench.dispatcher.notices()).toMatchObject([{ code: "TILL_OFFLINE", severity: "fault" }]);
    bench.connect();
    await bench.untilFinished(1);
    expect(bench.dispatcher.notices()).toEqual([]);
  });

  it("does not forget what the till said while it cannot be stored", async () => {
    const bench = new Bench([], true);
    bench.failStores = 5;
    bench.dispatcher.start();
    expect(await bench.untilFinished(1)).toEqual(["send 0 #1 accepted", "finish 0 accepted"]);
  });

  it("takes up new work at once", async () => {
    const bench = new Bench([], true, 0);
    bench.dispatcher.start();
    await sleep(20);
    const before = performance.now();
    bench.add();
    await bench.untilFinished(1);
    expect(bench.dispatcher.lastProgress()).toBeGreaterThanOrEqual(before);
  });
});

describe("stopping", () => {
  it("lets the message under way end", async () => {
    const bench = new Bench([], true, 3);
    bench.dispatcher.start();
    await bench.dispatcher.stop();
    expect(bench.log.filter((l) => l.startsWith("send")).length).toBe(bench.finished());
  });

  it("cuts off a till that does not answer, in bounded time, and leaves the message marked", async () => {
    const bench = new Bench(["hang"], true);
    bench.dispatcher.start();
    await expect.poll(() => bench.log.length).toBe(1);
    await Promise.all([bench.dispatcher.stop(), bench.dispatcher.stop()]);
    expect(bench.log).toEqual(["send 0 #1 hang"]);
    expect(bench.sending.size).toBe(1);
  });

  it("does nothing when it was never started", async () => {
    const bench = new Bench([], true);
    await bench.dispatcher.stop();
    bench.dispatcher.start();
    await sleep(10);
    expect(bench.log).toEqual([]);
  });
});
