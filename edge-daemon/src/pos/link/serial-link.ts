import { stat } from "node:fs/promises";
import { StoppedError, TillsightError } from "@tillsight/contracts";
import type { SerialPort } from "serialport";
import { TillLineBlockedError, TillPortLostError, TillPortUnusableError } from "../errors.js";
import type { PosSettings } from "../settings.js";
import { retryDelays, sleep } from "../wait.js";
import { type ByteLink, Listeners, type WriteResult } from "./byte-link.js";
import { type LineSettings, openPort } from "./open-port.js";

export type SerialLinkSettings = LineSettings &
  Pick<PosSettings, "writeTimeoutMs" | "probeIntervalMs" | "reopenFirstMs" | "reopenMaxMs">;

/** One open port; `gone` ends when it is closed, for whatever reason, and says why. */
interface OpenPort {
  readonly port: SerialPort;
  readonly gone: Promise<TillsightError>;
  readonly close: (why: TillsightError) => void;
}

/** A serial port that opens itself again whenever it has gone: unplugged, re-enumerated, not there yet. */
export class SerialLink implements ByteLink {
  readonly path: string;
  readonly #settings: SerialLinkSettings;
  readonly #bytes = new Listeners<[Uint8Array]>();
  readonly #state = new Listeners<[]>();
  #open: OpenPort | null = null;
  #fault: TillsightError | null = null;
  #stop: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();
  #writes: Promise<unknown> = Promise.resolve();

  constructor(settings: SerialLinkSettings) {
    this.path = settings.path;
    this.#settings = settings;
  }

  isOpen = (): boolean => this.#open !== null;
  fault = (): TillsightError | null => this.#fault;
  onBytes = (listener: (chunk: Uint8Array) => void): (() => void) => this.#bytes.add(listener);
  onState = (listener: () => void): (() => void) => this.#state.add(listener);

  async start(): Promise<void> {
    if (this.#stop) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    await this.#running;
    await new Promise<void>((tried) => {
      this.#running = this.#keepOpen(signal, tried).catch(() => tried());
    });
  }

  async stop(): Promise<void> {
    this.#stop?.abort(new StoppedError("the link to the till"));
    this.#stop = null;
    await this.#running;
  }

  write(bytes: Uint8Array): Promise<WriteResult> {
    const result = this.#writes.then(() => this.#write(bytes));
    this.#writes = result;
    return result;
  }

  /** Ends by rejecting with the abort reason. */
  async #keepOpen(signal: AbortSignal, tried: () => void): Promise<void> {
    const { reopenFirstMs, reopenMaxMs } = this.#settings;
    let delays = retryDelays(reopenFirstMs, reopenMaxMs);
    for (;;) {
      const why = await this.#openOnce(signal, tried);
      if (why === null) delays = retryDelays(reopenFirstMs, reopenMaxMs);
      else this.#become(null, why);
      tried();
      await sleep(delays.next().value, signal);
    }
  }

  /** Opens the port and stays until it is gone: null then, or why it could not be opened. */
  async #openOnce(signal: AbortSignal, opened: () => void): Promise<TillsightError | null> {
    let port: SerialPort;
    try {
      port = await openPort(this.#settings);
    } catch (cause) {
      return cause instanceof TillsightError
        ? cause
        : new TillPortUnusableError(this.path, String(cause), { cause });
    }
    const open = attach(port, this.path, (chunk) => this.#bytes.tell(chunk));
    const stopped = () => open.close(new TillPortLostError(this.path, "Tillsight is stopping"));
    if (signal.aborted) stopped();
    else signal.addEventListener("abort", stopped, { once: true });
    if (!signal.aborted) this.#become(open, null);
    opened();
    const probing = new AbortController();
    void this.#probe(open, probing.signal);
    const why = await open.gone;
    probing.abort(why);
    signal.removeEventListener("abort", stopped);
    this.#become(null, why);
    return null;
  }

  #become(open: OpenPort | null, fault: TillsightError | null): void {
    if (this.#open === open && this.#fault?.message === fault?.message) return;
    this.#open = open;
    this.#fault = fault;
    this.#state.tell();
  }

  /** A device that re-enumerates can leave us a dead handle that says nothing: look whether the path is still it. */
  async #probe(open: OpenPort, signal: AbortSignal): Promise<void> {
    const identity = async () => {
      const { rdev, ino } = await stat(this.path);
      return `${rdev}:${ino}`;
    };
    try {
      const opened = await identity();
      for (;;) {
        await sleep(this.#settings.probeIntervalMs, signal);
        if ((await identity()) !== opened)
          open.close(new TillPortLostError(this.path, "it is another device now"));
      }
    } catch {
      if (!signal.aborted) open.close(new TillPortLostError(this.path, "the device is not there any more"));
    }
  }

  async #write(bytes: Uint8Array): Promise<WriteResult> {
    const open = this.#open;
    if (!open) return { kind: "notOpen", reason: this.#fault?.message ?? `${this.path} is not open` };
    const { writeTimeoutMs } = this.#settings;
    const sent = new Promise<WriteResult>((resolve) => {
      // A port that fails a write is not used again; its end (see `lost`) is the answer.
      const failed = (cause: Error) => open.close(new TillPortLostError(this.path, cause.message, { cause }));
      open.port.write(Buffer.from(bytes), (cause) => {
        if (cause) return failed(cause);
        open.port.drain((late) => (late ? failed(late) : resolve({ kind: "written" })));
      });
    });
    const blocked = setTimeout(
      () => open.close(new TillLineBlockedError(this.path, writeTimeoutMs)),
      writeTimeoutMs,
    );
    const lost = open.gone.then((why): WriteResult => ({ kind: "broken", reason: why.message }));
    return Promise.race([sent, lost]).finally(() => clearTimeout(blocked));
  }
}

function attach(port: SerialPort, path: string, heard: (chunk: Uint8Array) => void): OpenPort {
  let reason: TillsightError | null = null;
  const gone = new Promise<TillsightError>((resolve) => {
    port.once("close", (cause: Error | null) => {
      resolve(reason ?? new TillPortLostError(path, cause?.message ?? "it was closed", { cause }));
    });
  });
  // Reading always: a closed far end only shows itself to a reader.
  port.on("data", heard);
  const close = (why: TillsightError) => {
    if (reason !== null || !port.isOpen) return;
    reason = why;
    // Bytes that nobody takes would hold up the close for as long as the driver likes.
    port.flush(() => port.isOpen && port.close(() => {}));
  };
  return { port, gone, close };
}
