import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createServiceManager } from "../adapters/systemd/notify.js";
import { parseConfig } from "../config/load.js";
import { silentLogger } from "../observe/logger.js";
import { ProgressBoard } from "../observe/progress.js";
import type { CameraStatus } from "../ports/camera.js";
import { type NotifySocket, openNotifySocket } from "../testing/notify-socket.js";
import { Pulse } from "./pulse.js";
import { staleAfter } from "./stale-after.js";
import { Watchdog } from "./watchdog.js";

type Loop = "capture" | "inference" | "till" | "journal";
const limits = staleAfter(parseConfig({}, "test"));
const status: CameraStatus = {
  ...{ state: "live", fault: null, detail: "", width: 1, height: 1, fps: 15 },
  ...{ captured: 0, dropped: 0, reopened: 0 },
};

/** A lane's loops, each of which can be stuck, and systemd's end of the watchdog. */
class Loops {
  readonly stuck = new Set<Loop>();
  camera = status;
  readonly #pulse: Pulse;
  readonly #watchdog: Watchdog;
  readonly #inference: () => void;
  #ms = 0;
  #turns = 0;
  #captured = 0;
  #free: (() => void)[] = [];

  constructor(socket: NotifySocket) {
    const progress = new ProgressBoard({ monotonic: () => this.#ms, now: () => new Date(0) });
    this.#inference = progress.watch("inference", limits.inference);
    const env = { NOTIFY_SOCKET: socket.path };
    const fail = (error: unknown) => expect.unreachable(String(error));
    const manager = createServiceManager(env, fail, (text) => socket.send(text));
    this.#watchdog = new Watchdog(manager, progress, silentLogger);
    this.#pulse = new Pulse(
      {
        camera: { status: () => ({ ...this.camera, captured: this.#captured }) },
        dispatcher: { lastProgress: () => this.#turns },
        keeper: { settled: () => this.#journal() },
      },
      progress,
      limits,
    );
  }

  #journal(): Promise<void> {
    if (!this.stuck.has("journal")) return Promise.resolve();
    return new Promise((resolve) => this.#free.push(resolve));
  }

  release(): void {
    this.stuck.clear();
    for (const free of this.#free.splice(0)) free();
  }

  /** Lets time pass in steps of a second, with a look at each loop, then feeds or does not. */
  async pass(seconds: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      this.#ms += 1_000;
      if (!this.stuck.has("capture")) this.#captured++;
      if (!this.stuck.has("till")) this.#turns++;
      if (!this.stuck.has("inference")) this.#inference();
      this.#pulse.beat();
      await Promise.resolve();
    }
    await this.#watchdog.feed();
  }
}

let socket: NotifySocket;
let loops: Loops;
beforeEach(async () => {
  socket = await openNotifySocket();
  loops = new Loops(socket);
});
afterEach(() => socket.close());

const heard = (want: string) => expect.poll(socket.heard, { timeout: 5_000 }).toBe(want);

describe("systemd's watchdog, at a real datagram socket", () => {
  it.each<Loop>(["capture", "inference", "till", "journal"])(
    "is fed while every loop moves, starves while %s stands still, and is fed again when it moves on",
    async (loop) => {
      await loops.pass(60);
      await heard("WATCHDOG=1");
      loops.stuck.add(loop);
      await loops.pass(limits[loop] / 1_000 + 2);
      // Behind this one, what was not sent before can no longer come.
      await socket.send("|");
      await heard("WATCHDOG=1|");
      loops.release();
      await loops.pass(2);
      await heard("WATCHDOG=1|WATCHDOG=1");
    },
  );

  const cases: [situation: string, camera: Partial<CameraStatus>, want: string][] = [
    ["a camera at fault is being seen to", { state: "fault", fault: "unplugged" }, "WATCHDOG=1"],
    ["a recording has ended", { state: "ended" }, "WATCHDOG=1"],
    ["a camera that never gets past starting is stuck", { state: "starting" }, ""],
  ];
  it.each(cases)("%s, though no pictures come", async (_situation, camera, want) => {
    loops.camera = { ...status, ...camera };
    loops.stuck.add("capture");
    await loops.pass(limits.capture / 1_000 + 2);
    await socket.send("|");
    await heard(`${want}|`);
  });
});

it("a patient camera and a slow till are given the time that their settings allow", () => {
  const patient = parseConfig(
    { camera: { hungAfterMs: 120_000 }, till: { ackTimeoutMs: 10_000, attempts: 10 } },
    "test",
  );
  expect(staleAfter(patient).capture).toBeGreaterThan(120_000);
  expect(staleAfter(patient).inference).toBeGreaterThan(120_000);
  expect(staleAfter(patient).till).toBeGreaterThan(100_000);
});
