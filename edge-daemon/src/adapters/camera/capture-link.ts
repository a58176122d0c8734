import { type ChildProcess, fork } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CameraSettings } from "../../ports/camera.js";
import { captureEnvironment } from "./capture-environment.js";
import { FromCapture, type PictureSize, type ToCapture } from "./messages.js";

/** Where the compiled program lies, also when this file runs as TypeScript under the test runner. */
const PROGRAM = fileURLToPath(new URL("./capture-process.js", import.meta.url)).replace(
  /\/src\/(adapters\/camera\/[^/]+)$/,
  "/dist/$1",
);

/** Memory shared by two processes: a file without a name, so nothing is left behind however either ends. */
function openSharedMemory(): number {
  const folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "tillsight-"));
  try {
    return openSync(join(folder, "picture"), "w+", 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One life of the capture process: opens the source once, and is gone when it is lost, ended or killed. */
export class CaptureLink {
  readonly #child: ChildProcess;
  readonly #memory: number;
  readonly #gone: Promise<void>;
  #said = "";

  /**
   * @param onMessage called for each message in order
   * @param onGone called once, after the last message; the last line the process wrote to stderr, if any
   */
  constructor(
    settings: CameraSettings,
    onMessage: (message: FromCapture) => void,
    onGone: (lastWords: string) => void,
  ) {
    this.#memory = openSharedMemory();
    this.#child = fork(PROGRAM, [], {
      // The addon reports its memory from inside finalisers; V8's incremental marking (Node 20) aborts at that
      // after some dozens of pictures ("Check failed: marking_done_").
      execArgv: ["--no-incremental-marking"],
      env: { ...process.env, ...captureEnvironment(settings) },
      stdio: ["ignore", "ignore", "pipe", "ipc", this.#memory],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-2000);
    });
    this.#child.on("message", (message) => onMessage(FromCapture.parse(message)));
    this.#gone = new Promise((resolve) => {
      const gone = (why: string): void => {
        onGone(this.#said.trim().split("\n").at(-1) || why);
        resolve();
      };
      this.#child.once("error", (error) => gone(error.message));
      this.#child.once("close", (status, signal) => gone(`the capture process ended (${signal ?? status})`));
    });
    this.#tell({ do: "open", settings });
  }

  /** Asks for the next picture. */
  want(): void {
    this.#tell({ do: "want" });
  }

  /** The picture that was left; to be read before the next one is asked for. RGB, row by row. */
  readPicture({ width, height }: PictureSize): Uint8Array {
    const data = new Uint8Array(width * height * 3);
    for (let done = 0; done < data.length; ) {
      const read = readSync(this.#memory, data, done, data.length - done, done);
      if (read === 0) break;
      done += read;
    }
    return data;
  }

  /** Resolves when the device is released. The process holds nothing worth saving, so it is simply ended. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#gone;
    closeSync(this.#memory);
  }

  #tell(message: ToCapture): void {
    // Fails when the process has just gone, which `close` reports.
    if (this.#child.connected) this.#child.send(message, () => {});
  }
}
