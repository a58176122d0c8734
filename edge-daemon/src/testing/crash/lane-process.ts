import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { InvariantError } from "@tillsight/contracts";
import type { LaneChildOptions } from "./lane-child.js";

/** Messages the till has booked so far; an honest attendant looks at the till before answering. */
export type LookAtTill = () => number;

/** One life of the lane's process. */
export class LaneProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<number | null>;
  readonly #ready: Promise<void>;
  readonly #look: LookAtTill;
  /** Shopper and lines that it found in its journal; null before it was ready. */
  found: [shopper: number, lines: number] | null = null;
  /** The newest line it said was durable. */
  added: [shopper: number, lines: number] | null = null;

  constructor(options: LaneChildOptions, look: LookAtTill) {
    const script = fileURLToPath(new URL("./lane-child.js", import.meta.url));
    const child = spawn(process.execPath, [script, JSON.stringify(options)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#child = child;
    this.#look = look;
    // Writing an answer to a process that was killed meanwhile.
    child.stdin.on("error", () => {});
    this.#closed = new Promise((resolve) => child.once("close", (code) => resolve(code)));
    this.#ready = new Promise((resolve) => {
      createInterface(child.stdout).on("line", (line) => {
        const [word = "", a = "", b = ""] = line.split(" ");
        if (word === "ready") {
          this.found = [Number(a), Number(b)];
          resolve();
        }
        if (word === "added") this.added = [Number(a), Number(b)];
        if (word === "doubt") this.#answer(a, Number(b));
      });
    });
  }

  /** Resolves when it is ready, or has ended before. */
  async ready(): Promise<void> {
    await Promise.race([this.#ready, this.#closed]);
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#closed;
  }

  /** Waits for it to end by itself. @throws InvariantError when it does not end well */
  async ended(): Promise<void> {
    const code = await this.#closed;
    if (code !== 0) throw new InvariantError(`the lane ended with ${code}`);
  }

  /** The lane sends nothing after a doubt: one piece more than it knows of means that the doubtful one is there. */
  #answer(line: string, known: number): void {
    const answer = (there: boolean) => this.#child.stdin?.write(`settle ${line} ${there ? "yes" : "no"}\n`);
    const wait = (before: number) =>
      setTimeout(() => {
        const now = this.#look();
        if (now === before) answer(now > known);
        else wait(now);
      }, 150);
    // What the dead process wrote may still be on its way into the till's book.
    wait(this.#look());
  }
}
