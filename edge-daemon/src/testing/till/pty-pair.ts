import { type ChildProcess, spawn } from "node:child_process";
import { lstat, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoppedError, TillsightError } from "@tillsight/contracts";
import { sleep } from "../../pos/wait.js";

export class PtyPairError extends TillsightError {
  readonly code = "PTY_PAIR";
}

/** Two serial ends joined back to back, under names that stay the same while the cable is pulled and put back. */
export interface PtyPair {
  readonly lane: string;
  readonly till: string;
  /** Both ends vanish, as when a USB adapter is pulled. */
  unplug(): Promise<void>;
  replug(): Promise<void>;
  close(): Promise<void>;
}

export interface PtyPairOptions {
  /** Path of the link that names the lane's end; default: in a folder of its own, removed by close(). */
  readonly lane?: string;
  readonly till?: string;
}

const READY_WITHIN_MS = 5000;

/**
 * Opens a pair of pseudo-terminals with socat (a Debian package: the kernel's own way needs native code).
 * @throws PtyPairError that names the fix when socat is missing or a link's place is taken.
 */
export async function openPtyPair(options: PtyPairOptions = {}): Promise<PtyPair> {
  const folder = options.lane && options.till ? null : await mkdtemp(join(tmpdir(), "tillsight-pty-"));
  const place = (name: string) => join(folder ?? "", name);
  const lane = options.lane ?? place("lane");
  const till = options.till ?? place("till");
  let socat: ChildProcess | null = null;

  const replug = async () => {
    if (!socat) socat = await startSocat(lane, till);
  };
  const unplug = async () => {
    const child = socat;
    socat = null;
    if (child) await endSocat(child);
  };
  const close = async () => {
    await unplug();
    if (folder) await rm(folder, { recursive: true, force: true });
  };
  try {
    await replug();
  } catch (error) {
    await close();
    throw error;
  }
  return { lane, till, unplug, replug, close };
}

async function startSocat(lane: string, till: string): Promise<ChildProcess> {
  for (const link of [lane, till])
    if (
      await lstat(link).then(
        (s) => !s.isSymbolicLink(),
        () => false,
      )
    )
      throw new PtyPairError(`${link} exists and is no link`, "Choose another name for the serial end.");
  const end = (link: string) => `pty,raw,echo=0,link=${link}`;
  const child = spawn("socat", ["-d", "-d", end(lane), end(till)], { stdio: ["ignore", "ignore", "pipe"] });
  // A pair must not outlive the process it was made for, whichever way that ends.
  const orphaned = () => child.kill("SIGKILL");
  process.once("exit", orphaned);
  child.once("exit", () => process.off("exit", orphaned));

  let said = "";
  const ready = new Promise<void>((resolve, reject) => {
    child.once("error", (cause: NodeJS.ErrnoException) => reject(cannotStart(cause)));
    child.once("exit", (code) =>
      reject(
        new PtyPairError(
          `socat ended with ${code}: ${said.trim()}`,
          "Check that the folder of the links exists.",
        ),
      ),
    );
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-2000);
      if (said.includes("starting data transfer loop")) resolve();
    });
  });
  const late = new AbortController();
  const limit = sleep(READY_WITHIN_MS, late.signal).then(() => {
    throw new PtyPairError("socat did not get ready", "Run socat by hand to see why.");
  });
  try {
    await Promise.race([ready, limit]);
    return child;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    late.abort(new StoppedError("waiting for socat"));
    limit.catch(() => {});
    ready.catch(() => {});
  }
}

function cannotStart(cause: NodeJS.ErrnoException): PtyPairError {
  return cause.code === "ENOENT"
    ? new PtyPairError("socat is not installed", "Run: sudo apt-get install -y socat", { cause })
    : new PtyPairError(`socat cannot be started: ${cause.message}`, "Check the installation of socat.", {
        cause,
      });
}

/** SIGTERM, so that socat takes its links away. */
function endSocat(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill("SIGKILL"), 2000);
    child.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    child.kill("SIGTERM");
  });
}
