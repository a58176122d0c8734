import { setTimeout as sleepFor } from "node:timers/promises";
import { describeError, type LaneNotice, StoppedError, type TillsightError } from "@tillsight/contracts";
import type { Clock } from "../ports/clock.js";
import type { LineSink, TillOutcome } from "../ports/line-sink.js";
import { afterAttempt, type NextStep, onFound, retryDelays } from "./policy.js";
import type { TillJob, TillQueue } from "./queue.js";

export interface DispatcherOptions {
  readonly queue: TillQueue;
  /** Started and stopped by whoever made it. */
  readonly sink: LineSink & { fault?(): TillsightError | null };
  readonly clock: Clock;
  /** Hears of every attempt that did not succeed, and of trouble with the queue. */
  readonly onTrouble: (what: string, error?: unknown) => void;
  readonly delays?: () => Iterator<number, never>;
  /** `stop` lets the message under way end for this long before it cuts it off, ms. */
  readonly graceMs?: number;
  /** While nothing happens, progress is stamped this often, ms. */
  readonly idleMs?: number;
}

const IDLE_TURN_MS = 1_000;

type TillTrouble = { readonly kind: "offline" | "silent"; readonly reason: string };

/** Takes messages from the outbox to the till: in order, one at a time, each counted once. */
export class TillDispatcher {
  readonly #options: DispatcherOptions;
  readonly #cut = new AbortController();
  #stopping = false;
  #running: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;
  #woken = false;
  #endPause: () => void = () => {};
  #unsubscribe: (() => void)[] = [];
  #delays: Iterator<number, never>;
  #trouble: TillTrouble | null = null;
  #progressAt: number;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#delays = this.#freshDelays();
    this.#progressAt = options.clock.monotonic();
  }

  start(): void {
    if (this.#running || this.#stopping) return;
    const { queue, sink } = this.#options;
    this.#unsubscribe = [
      queue.onWork(() => this.#wake()),
      sink.onConnection((connected) => connected && this.#wake()),
    ];
    this.#running = this.#run();
  }

  /** Lets the message under way end, then cuts it off; resolves in bounded time. Idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopOnce();
    return this.#stopped;
  }

  /** When the loop last got on, on the monotonic clock, ms; older than a send may take means that it hangs. */
  lastProgress(): number {
    return this.#progressAt;
  }

  notices(): LaneNotice[] {
    const trouble = this.#trouble;
    const { sink } = this.#options;
    if (!sink.connected() || trouble?.kind === "offline") {
      const fault = sink.fault?.() ?? null;
      const reason = fault?.message ?? trouble?.reason;
      return [
        {
          code: "TILL_OFFLINE",
          severity: "fault",
          text: `The till cannot be reached${reason ? ` (${reason})` : ""}`,
          fix: fault?.fix ?? "See to the till's cable and power; nothing is lost, it goes on by itself.",
        },
      ];
    }
    if (trouble?.kind !== "silent") return [];
    return [
      {
        code: "TILL_SILENT",
        severity: "fault",
        text: `The till does not answer (${trouble.reason})`,
        fix: "See whether the till is ready for a sale; the line is sent again until it answers.",
      },
    ];
  }

  async #stopOnce(): Promise<void> {
    this.#stopping = true;
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#wake();
    if (!this.#running) return;
    const timers = new AbortController();
    const grace = (ms: number) => sleepFor(ms, undefined, { signal: timers.signal }).catch(() => undefined);
    await Promise.race([this.#running, grace(this.#options.graceMs ?? 2_000)]);
    this.#cut.abort(new StoppedError("sending to the till"));
    // A sink that ignores its signal must not keep the daemon from ending.
    await Promise.race([this.#running, grace(1_000)]);
    timers.abort();
  }

  async #run(): Promise<void> {
    for (let looked = false; !this.#stopping; looked = true) {
      this.#progressAt = this.#options.clock.monotonic();
      try {
        // Before looking, so that work which comes while we look is not slept through.
        this.#woken = false;
        // The first look is for what an earlier run left half-sent; after that a till that is away is waited for.
        const mayTake = !looked || this.#options.sink.connected();
        const job = mayTake ? await this.#options.queue.take() : undefined;
        if (job) await this.#deliver(job);
        else await this.#pause(this.#options.idleMs ?? IDLE_TURN_MS);
      } catch (error) {
        if (this.#cut.signal.aborted) return;
        this.#options.onTrouble("the outbox cannot be used", error);
        await this.#pause(this.#nextDelay());
      }
    }
  }

  /** Sends one message until it has its answer or is released. */
  async #deliver(job: TillJob): Promise<void> {
    const { queue, sink } = this.#options;
    const { idempotent } = sink;
    const { messageId } = job.message;
    let mayHaveArrived = job.found;
    let step: NextStep | undefined = job.found ? onFound(idempotent) : undefined;
    while (step?.do !== "finish") {
      if (this.#stopping && mayHaveArrived && step) return;
      const outcome = await this.#attempt(job);
      step = afterAttempt(outcome, { idempotent, mayHaveArrived });
      mayHaveArrived ||= outcome.kind === "inDoubt";
      if (step.do === "finish") break;
      this.#trouble = { kind: outcome.kind === "unsent" ? "offline" : "silent", reason: step.reason };
      this.#options.onTrouble(`${job.message.kind} ${messageId} ${outcome.kind}: ${step.reason}`);
      if (step.do === "release") await this.#insist(() => queue.release(messageId));
      this.#woken = false;
      await this.#pause(this.#nextDelay());
      if (step.do === "release") return;
    }
    const { answer } = step;
    await this.#insist(() => queue.finish(messageId, answer));
    this.#trouble = null;
    this.#delays = this.#freshDelays();
  }

  async #attempt(job: TillJob): Promise<TillOutcome> {
    const { signal } = this.#cut;
    try {
      return await this.#options.sink.send(job.message, job.sequence, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      // A sink must not reject; if it does, nobody knows what has left.
      this.#options.onTrouble("the line sink failed", error);
      return { kind: "inDoubt", reason: describeError(error) };
    } finally {
      this.#progressAt = this.#options.clock.monotonic();
    }
  }

  /** What the till has said must be stored, however long the disk is full. */
  async #insist(store: () => Promise<void>): Promise<void> {
    for (const delays = this.#freshDelays(); ; ) {
      try {
        return await store();
      } catch (error) {
        if (this.#stopping) throw error;
        this.#options.onTrouble("the till's answer cannot be stored", error);
        await this.#pause(delays.next().value);
      }
    }
  }

  #freshDelays(): Iterator<number, never> {
    return this.#options.delays?.() ?? retryDelays();
  }

  #nextDelay(): number {
    return this.#delays.next().value;
  }

  #wake(): void {
    this.#woken = true;
    this.#endPause();
  }

  /** Waits, at most `ms`; new work, a till that is back and `stop` end it early. */
  async #pause(ms: number): Promise<void> {
    if (this.#stopping || this.#woken) return;
    const wake = new AbortController();
    this.#endPause = () => wake.abort();
    await sleepFor(ms, undefined, { signal: wake.signal }).catch(() => undefined);
    this.#progressAt = this.#options.clock.monotonic();
  }
}
