import { ascii, text } from "../../pos/bytes.js";
import { SerialLink } from "../../pos/link/serial-link.js";

const EVERY_MS = 50;

/** A scale that speaks MT-SICS at the far end of a serial line: what lies on it is said, until it is taken away. */
export class SimulatedScale {
  readonly #link: SerialLink;
  #timer: NodeJS.Timeout | undefined;
  #heard = "";
  #says: () => string = () => "S S       0.00 g";

  constructor(path: string) {
    this.#link = new SerialLink({
      ...{ path, baudRate: 9600, dataBits: 8, parity: "none", stopBits: 1, flowControl: "none" },
      ...{ writeTimeoutMs: 1_000, probeIntervalMs: 500, reopenFirstMs: 50, reopenMaxMs: 500 },
    });
    this.#link.onBytes((chunk) => this.#hear(text(chunk)));
  }

  start = (): Promise<void> => this.#link.start();

  /** Silent from here on. */
  async stop(): Promise<void> {
    this.fallSilent();
    await this.#link.stop();
  }

  /** From now on it says this weight; `stable` false: it is still swinging. */
  weigh(grams: number, stable = true): void {
    this.say(`S ${stable ? "S" : "D"} ${grams.toFixed(2).padStart(10)} g`);
  }

  /** From now on it says this line, whatever it means. */
  say(line: string): void {
    this.#says = () => line;
  }

  /** As when it is switched off: it must be asked again. */
  fallSilent(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #hear(chunk: string): void {
    this.#heard = `${this.#heard}${chunk}`.slice(-64);
    if (!this.#heard.includes("SIR\r\n")) return;
    this.#heard = "";
    this.#timer ??= setInterval(() => void this.#link.write(ascii(`${this.#says()}\r\n`)), EVERY_MS);
  }
}
