import type { TillReceiptLine, TillsightError } from "@tillsight/contracts";
import type { z } from "zod";
import { type Clock, systemClock } from "../../ports/clock.js";
import { concat, fromHex } from "../../pos/bytes.js";
import { type ByteLink, Listeners } from "../../pos/link/byte-link.js";
import { SerialLink } from "../../pos/link/serial-link.js";
import { ACK, NAK } from "../../pos/scanner/answer.js";
import { framingOf } from "../../pos/scanner/dialect.js";
import { type Scan, scanDecoder } from "../../pos/scanner/frame.js";
import { PosSettings } from "../../pos/settings.js";
import { type DecodeNext, type DiscardReason, FrameReader } from "../../pos/step.js";
import { decodeNext, type TillLineFrame } from "../../pos/till-line/frame.js";
import { encodeAnswer, type NakReason, parseRequest } from "../../pos/till-line/messages.js";
import { sleep } from "../../pos/wait.js";
import { type BookEntry, TillBook } from "./book.js";
import { decide, receiptLine } from "./decide.js";
import type { PtyPair } from "./pty-pair.js";
import { ScriptPlayer, type TillScript, type TillStep } from "./script.js";

export interface SimulatedTillOptions {
  /** The line as the lane's settings say it: protocol, path of the till's end, prefix and so on. */
  readonly settings: z.input<typeof PosSettings>;
  /** File of JSON lines that outlives the till; default: memory only. */
  readonly log?: string;
  readonly script?: z.input<typeof TillScript>;
  /** Default: the serial port that the settings name. */
  readonly link?: ByteLink;
  /** What an `unplug` step pulls; without it the till only closes its own end. */
  readonly plug?: Pick<PtyPair, "unplug" | "replug">;
  readonly name?: string;
  readonly clock?: Clock;
}

/** Half a scan that nothing followed for so long is forgotten, so that the next one starts afresh. */
const STALE_INPUT_MS = 1000;

type Received = { line: TillLineFrame } | { scan: Scan };

/** A till to test and demonstrate with: books durably, remembers over restarts, misbehaves as its script says. */
export class SimulatedTill {
  readonly settings: PosSettings;
  readonly #link: ByteLink;
  readonly #book: TillBook;
  readonly #reader: FrameReader<Received>;
  readonly #plug: Pick<PtyPair, "unplug" | "replug"> | undefined;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #receipts = new Listeners<[TillReceiptLine]>();
  readonly #booked = new Listeners<[BookEntry]>();
  readonly #rubbish = new Listeners<[Uint8Array, DiscardReason]>();
  readonly #failures = new Listeners<[unknown]>();
  #script: ScriptPlayer;
  #work: Promise<void> = Promise.resolve();
  #stop: AbortController | null = null;
  #off: () => void = () => {};
  #stale: NodeJS.Timeout | undefined;
  #heardOfFrame = 0;

  constructor(options: SimulatedTillOptions) {
    this.settings = PosSettings.parse(options.settings);
    this.#link = options.link ?? new SerialLink(this.settings);
    this.#book = new TillBook(options.log ?? null);
    this.#reader = new FrameReader(decoderOf(this.settings));
    this.#plug = options.plug;
    this.#name = options.name ?? "simulated till";
    this.#clock = options.clock ?? systemClock;
    this.#script = new ScriptPlayer(options.script);
  }

  /** Everything booked so far, earlier runs on the same log included. */
  entries = (): readonly BookEntry[] => this.#book.entries();
  onReceipt = (listener: (line: TillReceiptLine) => void): (() => void) => this.#receipts.add(listener);
  onBooked = (listener: (entry: BookEntry) => void): (() => void) => this.#booked.add(listener);
  onRubbish = (listener: (bytes: Uint8Array, why: DiscardReason) => void): (() => void) =>
    this.#rubbish.add(listener);

  /** Told when something could not be booked, for example on a full disk; such a message gets no answer. */
  onFailure = (listener: (error: unknown) => void): (() => void) => this.#failures.add(listener);
  /** Why its serial port is not open, or null. */
  fault = (): TillsightError | null => this.#link.fault();

  /** The display's lines so far, oldest first. */
  receipt(): TillReceiptLine[] {
    const all = this.entries();
    return all.map((entry, index) => receiptLine(entry, all.slice(0, index)));
  }

  /** From the next message on. */
  play(script: z.input<typeof TillScript>): void {
    this.#script = new ScriptPlayer(script);
    this.#heardOfFrame = 0;
  }

  /** @throws InvalidInputError when the log is not one of ours. */
  async start(): Promise<void> {
    if (this.#stop) return;
    this.#stop = new AbortController();
    await this.#book.open();
    this.#off = this.#link.onBytes((chunk) => this.#hear(chunk));
    await this.#link.start();
  }

  /** Ends what is under way; what was booked stays booked. */
  async stop(): Promise<void> {
    this.#stop?.abort();
    this.#stop = null;
    this.#off();
    clearTimeout(this.#stale);
    await this.#work;
    await this.#link.stop();
    this.#reader.reset();
    await this.#book.close();
  }

  #hear(chunk: Uint8Array): void {
    clearTimeout(this.#stale);
    this.#stale = setTimeout(() => this.#reader.reset(), STALE_INPUT_MS);
    this.#heardOfFrame += chunk.length;
    const step = this.#script.peek();
    if (step.do === "unplug" && this.#heardOfFrame >= step.afterBytes) {
      this.#script.take();
      this.#heardOfFrame = 0;
      this.#reader.reset();
      this.#later((signal) => this.#pull(step.forMs, signal));
      return;
    }
    for (const part of this.#reader.push(chunk)) {
      if (part.kind === "discarded") this.#rubbish.tell(part.bytes, part.why);
      else {
        this.#heardOfFrame = 0;
        this.#later((signal) => this.#receive(part.frame, signal));
      }
    }
  }

  /** One frame after the other, for a till books in the order of arrival. */
  #later(work: (signal: AbortSignal) => Promise<void>): void {
    const signal = this.#stop?.signal;
    if (!signal) return;
    this.#work = this.#work.then(async () => {
      if (!signal.aborted) await work(signal).catch((error: unknown) => this.#failures.tell(error));
    });
  }

  async #pull(forMs: number, signal: AbortSignal): Promise<void> {
    if (this.#plug) await this.#plug.unplug();
    else await this.#link.stop();
    await sleep(forMs, signal).catch(() => {});
    if (this.#plug) await this.#plug.replug();
    else if (!signal.aborted) await this.#link.start();
  }

  async #receive(frame: Received, signal: AbortSignal): Promise<void> {
    if ("scan" in frame) return this.#receiveScan(frame.scan, this.#script.take(), signal);
    const { sequence } = frame.line;
    const parsed = parseRequest(frame.line);
    const { messageId } = parsed.ok && "messageId" in parsed.request ? parsed.request : { messageId: null };
    const step: TillStep = messageId ? this.#script.take() : { do: "ack", times: 1 };
    const nak = (id: string | null, reason: NakReason, detail: string) =>
      encodeAnswer({ kind: "nak", messageId: id, reason, detail }, sequence);
    if (step.do === "silence") return;
    if (!parsed.ok) return this.#answer(nak(parsed.messageId, "malformed", parsed.why), step, signal);
    if (step.do === "nak") return this.#answer(nak(messageId, step.reason, "as scripted"), step, signal);
    const { answer, book } = decide(parsed.request, this.#book, this.#name);
    if (book) await this.#record({ ...book, at: this.#clock.now().toISOString(), sequence });
    await this.#answer(encodeAnswer(answer, sequence), step, signal);
  }

  async #receiveScan(scan: Scan, step: TillStep, signal: AbortSignal): Promise<void> {
    if (step.do === "silence") return;
    const answers = this.settings.protocol === "scanner-ack";
    if (step.do === "nak") return answers ? this.#answer(Uint8Array.of(NAK), step, signal) : undefined;
    const last = this.#book.lastScan();
    // The same number with another code is a lane that started counting afresh, not a repeat.
    const repeat = scan.sequence !== null && last?.sequence === scan.sequence && last.code === scan.code;
    const { sequence, code } = scan;
    if (!repeat) await this.#record({ kind: "scan", at: this.#clock.now().toISOString(), sequence, code });
    if (answers) await this.#answer(Uint8Array.of(ACK), step, signal);
  }

  async #record(entry: BookEntry): Promise<void> {
    await this.#book.record(entry);
    this.#booked.tell(entry);
    this.#receipts.tell(receiptLine(entry, this.entries()));
  }

  async #answer(bytes: Uint8Array, step: TillStep, signal: AbortSignal): Promise<void> {
    if (step.do === "slow") await sleep(step.ms, signal).catch(() => {});
    const spoilt = spoil(bytes, step);
    if (spoilt.length > 0 && !signal.aborted) await this.#link.write(spoilt);
  }
}

function spoil(answer: Uint8Array, step: TillStep): Uint8Array {
  switch (step.do) {
    case "ackLost":
      return new Uint8Array();
    case "garbage":
      return fromHex(step.hex);
    case "partial":
      return answer.subarray(0, Math.min(step.bytes, answer.length - 1));
    case "noise":
      return concat(fromHex(step.before), answer, fromHex(step.after));
    default:
      return answer;
  }
}

function decoderOf(settings: PosSettings): DecodeNext<Received> {
  const wrap =
    <F>(decode: DecodeNext<F>, name: (frame: F) => Received): DecodeNext<Received> =>
    (buffer) => {
      const step = decode(buffer);
      return step.kind === "frame" ? { ...step, frame: name(step.frame) } : step;
    };
  if (settings.protocol === "till-line") return wrap(decodeNext, (line) => ({ line }));
  return wrap(scanDecoder(framingOf(settings)), (scan) => ({ scan }));
}
