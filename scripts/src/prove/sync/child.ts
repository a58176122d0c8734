import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { TillsightError } from "@tillsight/contracts";

/** A process of a proof ended, or said that it failed. */
export class ProofProcessError extends TillsightError {
  readonly code = "PROOF_PROCESS";
}

type Reply = { readonly id: number; readonly result?: unknown; readonly error?: string };

/** Tests run the TypeScript sources, a process needs the compiled file of the same name. */
const here = import.meta.url.replace(/\/src\/(.*)\.ts$/, "/dist/$1.js");

/** A process that answers calls, until it is killed. */
export class Child {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (reply: Reply) => void>();
  readonly #name: string;
  #calls = 0;
  /** What it said by itself. */
  onNews: (news: unknown) => void = () => {};

  /** @param name of the compiled file beside this one. */
  constructor(name: string) {
    this.#name = name;
    this.#process = fork(new URL(`./${name}.js`, here), { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    this.#process.on("message", (message: Reply | { readonly news: unknown }) => {
      if ("news" in message) this.onNews(message.news);
      else this.#waiting.get(message.id)?.(message);
    });
    this.#process.once("exit", () => {
      for (const [id, answer] of this.#waiting) answer({ id, error: "it has ended" });
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get gone(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  /** @throws ProofProcessError */
  async call<T>(what: string, input: object = {}): Promise<T> {
    const id = ++this.#calls;
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve);
      if (this.gone || !this.#process.connected) return resolve({ id, error: "it has ended" });
      this.#process.send({ id, what, input }, (error) => error && resolve({ id, error: String(error) }));
    });
    this.#waiting.delete(id);
    if (reply.error === undefined) return reply.result as T;
    throw new ProofProcessError(`${this.#name}, asked to ${what}: ${reply.error}`, "Look at its output.");
  }

  /** Most memory that it ever had resident, MB; 0 when it is gone. */
  async peakMb(): Promise<number> {
    const { readFile } = await import("node:fs/promises");
    const status = await readFile(`/proc/${this.pid}/status`, "utf8").catch(() => "");
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }

  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    if (this.gone) return;
    const ended = once(this.#process, "exit");
    this.#process.kill(signal);
    await ended;
  }
}

/** The other side: answers the calls of the process that forked this one, and ends with it. */
export function serve(calls: Record<string, (input: never) => unknown>): void {
  process.on("disconnect", () => process.exit(0));
  process.on("message", async ({ id, what, input }: { id: number; what: string; input: never }) => {
    try {
      process.send?.({ id, result: (await calls[what]?.(input)) ?? null });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  });
}

export const tell = (news: unknown): void => void process.send?.({ news });
