import {
  describeError,
  InvariantError,
  StoppedError,
  type TillMessage,
  type TillsightError,
} from "@tillsight/contracts";
import type { Clock } from "../ports/clock.js";
import type { LineSink, TillOutcome } from "../ports/line-sink.js";
import type { Dialect, Heard, Pending } from "./dialect.js";
import { TillSilentError, TillVersionError } from "./errors.js";
import type { ExchangeInput } from "./exchange.js";
import { type ByteLink, Listeners } from "./link/byte-link.js";
import { type Debts, runExchange } from "./run-exchange.js";
import type { PosSettings } from "./settings.js";
import { FrameReader } from "./step.js";
import { count, noTillCounts, type TillCounters, type TillTrace } from "./trace.js";
import { sleep, Turnstile } from "./wait.js";

export type TillSinkSettings = Pick<PosSettings, "ackTimeoutMs" | "busyRetryMs" | "probeIntervalMs">;

/** A line sink that can also say why it is not connected, and what it has counted. */
export interface TillSink extends LineSink {
  /** Null while connected; otherwise one error that names the fix, to show to the attendant. */
  fault(): TillsightError | null;
  counters(): Readonly<TillCounters>;
  onTrace(listener: (trace: TillTrace) => void): () => void;
}

interface Current {
  readonly pending: Pending;
  readonly put: (input: ExchangeInput) => void;
}

/** One sink for all protocols: the dialect says what, the exchange table says when, the link carries it. */
export class SerialTillSink implements TillSink {
  readonly #dialect: Dialect;
  readonly #link: ByteLink;
  readonly #settings: TillSinkSettings;
  readonly #clock: Clock;
  readonly #reader: FrameReader<unknown>;
  readonly #debts: Debts = { owed: 0, since: 0 };
  readonly #turnstile = new Turnstile();
  readonly #connection = new Listeners<[boolean]>();
  readonly #traces = new Listeners<[TillTrace]>();
  readonly #counters = noTillCounts();
  #current: Current | null = null;
  #linkWasOpen = false;
  #answering = false;
  #told = false;
  #fault: TillsightError | null = null;
  #stop: AbortController | null = null;
  #off: (() => void)[] = [];
  #presence: Promise<void> = Promise.resolve();

  constructor(dialect: Dialect, link: ByteLink, settings: TillSinkSettings, clock: Clock) {
    this.#dialect = dialect;
    this.#link = link;
    this.#settings = settings;
    this.#clock = clock;
    this.#reader = new FrameReader(dialect.decode);
  }

  get protocol() {
    return this.#dialect.protocol;
  }
  get capabilities() {
    return this.#dialect.capabilities;
  }
  get idempotent() {
    return this.#dialect.idempotent;
  }

  connected = (): boolean => this.#link.isOpen() && (this.#dialect.hello === null || this.#answering);
  fault = (): TillsightError | null => (this.connected() ? null : (this.#link.fault() ?? this.#fault));
  counters = (): Readonly<TillCounters> => ({ ...this.#counters });
  onConnection = (listener: (connected: boolean) => void): (() => void) => this.#connection.add(listener);
  onTrace = (listener: (trace: TillTrace) => void): (() => void) => this.#traces.add(listener);

  async start(): Promise<void> {
    if (this.#stop) return;
    this.#stop = new AbortController();
    this.#off = [
      this.#link.onBytes((chunk) => this.#hear(chunk)),
      this.#link.onState(() => this.#linkChanged()),
    ];
    await this.#link.start();
    if (!this.#dialect.hello) return;
    await this.#greet(this.#stop.signal);
    if (this.#stop) this.#presence = this.#keepPresence(this.#stop.signal);
  }

  async stop(): Promise<void> {
    this.#stop?.abort(new StoppedError("the line to the till"));
    this.#stop = null;
    await this.#presence;
    await this.#link.stop();
    for (const off of this.#off.splice(0)) off();
  }

  async send(message: TillMessage, sequence: number, signal: AbortSignal): Promise<TillOutcome> {
    const pending = this.#dialect.encode(message, sequence);
    signal.throwIfAborted();
    const outcome: TillOutcome =
      "refused" in pending
        ? { kind: "refused", reason: pending.refused }
        : await this.#turnstile.run(signal, () => this.#sendNow(pending, signal));
    this.#trace({ event: "outcome", sequence, outcome });
    return outcome;
  }

  async #sendNow(pending: Pending, signal: AbortSignal): Promise<TillOutcome> {
    // A till that did not even answer hello gets no message: then it is certain that nothing was delivered.
    if (this.#link.isOpen() && !this.connected()) await this.#exchangeHello(signal);
    if (!this.connected())
      return { kind: "unsent", reason: this.fault()?.message ?? "the till is not there" };
    const outcome = await this.#exchange(pending, signal);
    if (outcome.kind === "inDoubt" && this.#dialect.hello) this.#heardFromTill(false);
    return outcome;
  }

  async #exchange(pending: Pending, signal: AbortSignal): Promise<TillOutcome> {
    return runExchange(
      {
        dialect: this.#dialect,
        link: this.#link,
        timers: this.#settings,
        clock: this.#clock,
        debts: this.#debts,
        trace: (trace) => this.#trace(trace),
        listen: (under, put) => {
          const current = { pending: under, put };
          this.#current = current;
          return () => {
            if (this.#current === current) this.#current = null;
          };
        },
      },
      pending,
      signal,
    );
  }

  #hear(chunk: Uint8Array): void {
    this.#trace({ event: "received", bytes: chunk });
    for (const step of this.#reader.push(chunk)) {
      if (step.kind === "discarded") this.#trace({ event: "discarded", bytes: step.bytes, why: step.why });
      else this.#meaning(this.#dialect.hear(step.frame, this.#current?.pending ?? null));
    }
  }

  #meaning({ input, text }: Heard): void {
    this.#debts.owed = Math.max(0, this.#debts.owed - 1);
    this.#debts.since = this.#clock.monotonic();
    if (input.on === "stray") this.#trace({ event: "stray", what: text });
    this.#current?.put(input);
  }

  #linkChanged(): void {
    const open = this.#link.isOpen();
    if (open && !this.#linkWasOpen) {
      this.#reader.reset();
      // Whoever had this port before us may have left an answer on its way.
      Object.assign(this.#debts, { owed: 1, since: this.#clock.monotonic() });
      this.#trace({ event: "opened", path: this.#link.path });
    }
    if (!open) this.#answering = false;
    this.#linkWasOpen = open;
    const fault = this.#link.fault();
    if (fault) this.#trace({ event: "fault", error: fault });
    this.#tellConnection();
    if (open && this.#dialect.hello && this.#stop) void this.#greet(this.#stop.signal);
  }

  #heardFromTill(answering: boolean, fault?: TillsightError): void {
    const news = fault && fault.message !== this.#fault?.message;
    this.#fault = answering ? null : (fault ?? new TillSilentError(this.#link.path));
    this.#answering = answering;
    if (news) this.#trace({ event: "fault", error: fault });
    this.#tellConnection();
  }

  #tellConnection(): void {
    const connected = this.connected();
    if (connected === this.#told) return;
    this.#told = connected;
    this.#connection.tell(connected);
  }

  /** Never rejects: a stop ends it, and a defect of ours is traced and does not end the looking. */
  async #greet(signal: AbortSignal): Promise<void> {
    try {
      await this.#turnstile.run(signal, () => this.#exchangeHello(signal));
    } catch (cause) {
      if (signal.aborted) return;
      const error = new InvariantError(`the till could not be greeted: ${describeError(cause)}`, { cause });
      this.#trace({ event: "fault", error });
    }
  }

  async #exchangeHello(signal: AbortSignal): Promise<void> {
    if (!this.#dialect.hello || !this.#link.isOpen()) return;
    const outcome = await this.#exchange(this.#dialect.hello, signal);
    if (outcome.kind === "accepted") this.#heardFromTill(true);
    else if (outcome.kind === "refused") this.#heardFromTill(false, new TillVersionError(outcome.reason));
    else if (this.#link.isOpen()) this.#heardFromTill(false, new TillSilentError(this.#link.path));
  }

  /** A port stays open when the far end stops reading, so the till itself is asked from time to time. */
  async #keepPresence(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#settings.probeIntervalMs, signal).catch(() => undefined);
      if (!signal.aborted) await this.#greet(signal);
    }
  }

  #trace(trace: TillTrace): void {
    count(this.#counters, trace);
    this.#traces.tell(trace);
  }
}
