import { StoppedError, type TillsightError } from "@tillsight/contracts";
import type { Clock } from "../../ports/clock.js";
import type { Scale } from "../../ports/scale.js";
import { ascii, text } from "../../pos/bytes.js";
import { SerialLink } from "../../pos/link/serial-link.js";
import { sleep } from "../../pos/wait.js";
import { ScaleAwayError, ScaleSilentError } from "./errors.js";
import { askForWeights, longestLine, nextAnswer, type SicsAnswer } from "./sics.js";

export interface ScaleSettings {
  readonly path: string;
  readonly baudRate: number;
  readonly dataBits: 7 | 8;
  readonly parity: "none" | "even" | "odd";
  readonly deviation: number;
}

/** A reading that is older says nothing about the tray now; scales give several a second. */
const FRESH_MS = 1_500;
/** A scale that was switched on late has not heard the command. */
const ASK_AGAIN_MS = 2_000;

/** The link speaks of the till's port; what it says of any port holds for this one too. */
const reasons: Readonly<Record<string, string>> = {
  TILL_PORT_MISSING: "there is no such port",
  TILL_PORT_FORBIDDEN: "this user may not open the port (it belongs to the group dialout)",
  TILL_PORT_IN_USE: "another program has the port",
};

/** A scale that speaks MT-SICS on a serial port. */
export class SicsScale implements Scale {
  readonly deviation: number;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #link: SerialLink;
  #rest = "";
  #last: { readonly answer: SicsAnswer; readonly at: number } | null = null;
  #discarded = 0;
  #asking: AbortController | null = null;
  #undo: (() => void)[] = [];

  constructor(settings: ScaleSettings, clock: Clock) {
    const { path, baudRate, dataBits, parity, deviation } = settings;
    this.deviation = deviation;
    this.#path = path;
    this.#clock = clock;
    this.#link = new SerialLink({
      ...{ path, baudRate, dataBits, parity, stopBits: 1, flowControl: "none" },
      ...{ writeTimeoutMs: 1_000, probeIntervalMs: 2_000, reopenFirstMs: 200, reopenMaxMs: 3_000 },
    });
  }

  /** Characters that were no answer. */
  get discarded(): number {
    return this.#discarded;
  }

  grams(): number | null {
    const answer = this.#answer();
    return answer?.kind === "weight" && answer.stable ? answer.grams : null;
  }

  fault(): TillsightError | null {
    const away = this.#link.fault();
    if (away)
      return new ScaleAwayError(this.#path, reasons[away.code] ?? "the line was lost", { cause: away });
    const answer = this.#answer();
    if (answer?.kind === "weight") return null;
    if (answer?.kind === "none") return new ScaleSilentError(this.#path, answer.why);
    return new ScaleSilentError(this.#path, "nothing that can be understood comes");
  }

  async start(): Promise<void> {
    if (this.#asking) return;
    const asking = new AbortController();
    this.#asking = asking;
    this.#undo = [
      this.#link.onBytes((chunk) => this.#hear(text(chunk))),
      this.#link.onState(() => this.#lineChanged()),
    ];
    await this.#link.start();
    // Writing never rejects: this ends with its signal and not otherwise.
    void this.#keepAsking(asking.signal).catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#asking?.abort(new StoppedError("the scale"));
    this.#asking = null;
    for (const undo of this.#undo.splice(0)) undo();
    await this.#link.stop();
  }

  #answer(): SicsAnswer | null {
    const fresh = this.#last && this.#clock.monotonic() - this.#last.at <= FRESH_MS;
    return this.#link.isOpen() && fresh ? (this.#last?.answer ?? null) : null;
  }

  /** What a line that has gone said no longer counts. */
  #lineChanged(): void {
    this.#last = null;
    this.#rest = "";
    if (this.#link.isOpen()) void this.#link.write(ascii(askForWeights));
  }

  async #keepAsking(signal: AbortSignal): Promise<void> {
    for (;;) {
      await sleep(ASK_AGAIN_MS, signal);
      if (this.#link.isOpen() && !this.#answer()) await this.#link.write(ascii(askForWeights));
    }
  }

  #hear(chunk: string): void {
    // What comes without line ends must not grow.
    this.#rest = `${this.#rest}${chunk}`.slice(-4 * longestLine);
    for (;;) {
      const step = nextAnswer(this.#rest);
      if (step.kind === "incomplete") return;
      this.#rest = step.rest;
      if (step.kind === "discarded") this.#discarded += step.count;
      else if (step.answer.kind === "noise") this.#discarded += step.answer.line.length;
      else this.#last = { answer: step.answer, at: this.#clock.monotonic() };
    }
  }
}
