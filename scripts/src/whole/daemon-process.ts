import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { TillsightError } from "@tillsight/contracts";
import { z } from "zod";

const program = fileURLToPath(import.meta.resolve("@tillsight/edge-daemon")).replace(/index\.js$/, "main.js");

const LogLine = z.looseObject({ level: z.string(), message: z.string() });
export type LogLine = z.infer<typeof LogLine>;

/** The daemon did not come to what was waited for. */
export class DaemonProcessError extends TillsightError {
  readonly code = "DAEMON_PROCESS";
}

export interface DaemonProcessOptions {
  readonly configFile: string;
  /** Besides this process's own environment. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** From the call of `end` that led to it, ms. */
  readonly afterMs: number;
}

/** One life of `tillsight run` as a process of its own, as systemd would start it. */
export class DaemonProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  readonly #log: LogLine[] = [];
  readonly #listeners = new Set<() => void>();
  #said = "";
  #gone = false;

  constructor({ configFile, env }: DaemonProcessOptions) {
    this.#child = spawn(process.execPath, [program, "--config", configFile, "run"], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    });
    // A daemon must not outlive the program that it was started for.
    const orphaned = (): void => void this.#child.kill("SIGKILL");
    process.once("exit", orphaned);
    this.#closed = new Promise((resolve) =>
      this.#child.once("close", (code, signal) => {
        process.off("exit", orphaned);
        this.#gone = true;
        resolve({ code, signal });
        for (const listener of this.#listeners) listener();
      }),
    );
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-4000);
    });
    if (this.#child.stdout) createInterface(this.#child.stdout).on("line", (line) => this.#hear(line));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Whether the process has ended and all that it wrote was read. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Every log line so far. */
  get log(): readonly LogLine[] {
    return this.#log;
  }

  /** The end of what it wrote to standard error. */
  get said(): string {
    return this.#said;
  }

  /**
   * The kiosk's address, when the lane sells.
   * @throws DaemonProcessError when it ends before, or after `limitMs`
   */
  async ready(limitMs = 30_000): Promise<string> {
    const find = () => this.#log.find((line) => line.message === "the lane is ready");
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => fail(`did not get ready within ${limitMs} ms`), limitMs);
      const settle = (act: () => void): void => {
        clearTimeout(limit);
        this.#listeners.delete(look);
        act();
      };
      const fail = (what: string): void =>
        settle(() =>
          reject(new DaemonProcessError(`the daemon ${what}: ${this.#said}`, "Look at what it wrote.")),
        );
      const look = (): void => {
        if (find()) settle(resolve);
        else if (this.#gone) fail("ended while it was starting");
      };
      this.#listeners.add(look);
      look();
    });
    return String(find()?.url);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when the process is gone, however it went. */
  async end(signal: NodeJS.Signals): Promise<Ended> {
    const at = performance.now();
    this.#child.kill(signal);
    const how = await this.#closed;
    return { ...how, afterMs: performance.now() - at };
  }

  /** Resident memory of the daemon's process, bytes; 0 when it is gone. The camera's process is not counted. */
  rssBytes(): number {
    return rssOf(this.pid);
  }

  /** Processes that the daemon started and that still run, and their resident memory in bytes. */
  children(): { pid: number; rssBytes: number }[] {
    return childrenOf(this.pid).map((pid) => ({ pid, rssBytes: rssOf(pid) }));
  }

  #hear(line: string): void {
    const parsed = LogLine.safeParse(parseJson(line));
    if (!parsed.success) return;
    this.#log.push(parsed.data);
    for (const listener of this.#listeners) listener();
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** From /proc, which Linux alone has, as this appliance does. */
function rssOf(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return text.split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

export const isRunning = (pid: number): boolean => rssOf(pid) > 0;

/** What one `tillsight` command answers. */
export interface CommandAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `tillsight ARGS` beside the lane, in a process of its own. */
export const tillsight = (configFile: string, ...args: string[]): Promise<CommandAnswer> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, "--config", configFile, ...args], (error, out, err) =>
      resolve({ code: error ? Number(error.code ?? 1) : 0, out, err }),
    );
  });
