import type { Camera, CameraSettings, CameraStatus, Frame } from "../../ports/camera.js";
import { type Clock, systemClock } from "../../ports/clock.js";
import { backOff } from "./back-off.js";
import { CaptureLink } from "./capture-link.js";
import { faultText } from "./fault-text.js";
import { type FaultRules, unwatched, type Watch, type WatchInput, watchCamera } from "./fault-watch.js";
import type { FromCapture } from "./messages.js";
import { NextFrame } from "./next-frame.js";
import { RateMeter } from "./rate.js";
import { isRecorded, sourceOf, withoutPassword } from "./source.js";

/** FFmpeg looks at a stream for a while before it is open; a slow camera is not a hung one. */
const OPENING_MS = 10_000;
const REOPEN = { first: 300, factor: 2, most: 10_000 };
const BLIND_MS = 1000;

export interface CameraTools {
  readonly clock?: Clock;
  /** 0 (inclusive) to 1; spreads the attempts to open a lost camera. */
  readonly jitter?: () => number;
}

/**
 * The tray's camera through OpenCV, which runs in a process of its own (see capture-process.ts). A lost, hung or
 * frozen source is opened again until it is back.
 */
export class OpenCvCamera implements Camera {
  readonly #settings: CameraSettings;
  readonly #rules: FaultRules;
  readonly #clock: Clock;
  readonly #jitter: () => number;
  readonly #next = new NextFrame();
  readonly #rate = new RateMeter();
  readonly #listeners = new Set<(status: CameraStatus) => void>();
  #link: CaptureLink | undefined;
  #watch: Watch = unwatched;
  #waits: Generator<number>;
  #ticking: NodeJS.Timeout | undefined;
  #retrying: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;
  /** Resolves when no capture process that is being ended holds the device any more. */
  #released: Promise<void> = Promise.resolve();
  #opened = 0;
  #seq = 0;
  #openedNote = "";
  #status: CameraStatus;

  constructor(settings: CameraSettings, { clock = systemClock, jitter = Math.random }: CameraTools = {}) {
    this.#settings = settings;
    this.#clock = clock;
    this.#jitter = jitter;
    this.#waits = backOff(REOPEN, jitter);
    this.#rules = {
      // A still picture in a recording is what was recorded.
      frozenAfterMs: isRecorded(sourceOf(settings.source)) ? 0 : settings.frozenAfterMs,
      blindAfterMs: settings.blindAfterMs ?? BLIND_MS,
      hungAfterMs: settings.hungAfterMs,
    };
    this.#status = {
      state: "starting",
      fault: null,
      detail: `opening ${this.#name}`,
      width: 0,
      height: 0,
      fps: 0,
      captured: 0,
      dropped: 0,
      reopened: 0,
    };
  }

  get #name(): string {
    return withoutPassword(this.#settings.source);
  }

  async start(): Promise<void> {
    if (this.#ticking !== undefined || this.#stopping !== undefined) return;
    const every = Math.min(1000, Math.max(50, this.#settings.hungAfterMs / 5));
    this.#ticking = setInterval(() => this.#observe({ on: "time", at: this.#clock.monotonic() }), every);
    this.#open();
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopOnce();
    return this.#stopping;
  }

  async *frames(signal: AbortSignal): AsyncGenerator<Frame, void, void> {
    while (true) {
      const waiting = this.#next.wait(signal);
      this.#link?.want();
      const frame = await waiting;
      if (frame === undefined) return;
      yield frame;
    }
  }

  status(): CameraStatus {
    return { ...this.#status, captured: this.#seq, fps: this.#rate.perSecond() ?? this.#status.fps };
  }

  onStatus(listener: (status: CameraStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #stopOnce(): Promise<void> {
    clearInterval(this.#ticking);
    clearTimeout(this.#retrying);
    this.#next.end();
    this.#release();
    await this.#released;
    this.#change({ state: "stopped", fault: null, detail: "stopped" });
  }

  #open(): void {
    const now = this.#clock.monotonic();
    const grace = Math.max(0, OPENING_MS - this.#rules.hungAfterMs);
    this.#observe({ on: "expect", at: now + grace });
    const link: CaptureLink = new CaptureLink(
      this.#settings,
      (message) => this.#link === link && this.#hear(link, message),
      (lastWords) => this.#link === link && this.#lose(lastWords),
    );
    this.#link = link;
    if (this.#next.awaited) link.want();
  }

  #hear(link: CaptureLink, message: FromCapture): void {
    switch (message.is) {
      case "opened":
        this.#hearOpened(message);
        break;
      case "picture":
        this.#hearPicture(link, message);
        break;
      case "lost":
        this.#lose(message.why);
        break;
      case "ended":
        this.#finish();
        break;
    }
  }

  #hearOpened({ width, height, fps, note }: Extract<FromCapture, { is: "opened" }>): void {
    this.#rate.reset();
    const reopened = this.#opened++;
    this.#status = { ...this.#status, width, height, fps, reopened };
    this.#openedNote = [`${width}x${height} at ${Math.round(fps)}/s from ${this.#name}`, note]
      .filter(Boolean)
      .join(", ");
    this.#observe({ on: "expect", at: this.#clock.monotonic() });
  }

  #hearPicture(link: CaptureLink, { atNs, facts, left }: Extract<FromCapture, { is: "picture" }>): void {
    const ageMs = Number(process.hrtime.bigint() - BigInt(atNs)) / 1e6;
    const capturedAt = this.#clock.monotonic() - ageMs;
    const seq = this.#seq++;
    this.#rate.tick(capturedAt);
    const show = this.#observe({ on: "picture", at: capturedAt, facts });
    if (this.#link !== link) return;
    if (!show) {
      // What was left is not to be seen: the next one may be.
      if (left !== null && this.#next.awaited) link.want();
      return;
    }
    this.#waits = backOff(REOPEN, this.#jitter);
    const taken = left !== null && this.#next.awaited;
    if (taken) this.#next.give({ ...left, data: link.readPicture(left), seq, capturedAt });
    else this.#status = { ...this.#status, dropped: this.#status.dropped + 1 };
  }

  /** Applies one observation; true when a picture may be shown. */
  #observe(input: WatchInput): boolean {
    const { watch, show, reopen } = watchCamera(this.#watch, input, this.#rules);
    const { fault } = watch;
    this.#watch = watch;
    if (fault === null) {
      if (show) this.#change({ state: "live", fault, detail: this.#openedNote });
    } else if (fault !== "unplugged") {
      this.#change({ state: "fault", fault, detail: faultText[fault] });
    }
    if (reopen) this.#reopen();
    return show;
  }

  #lose(why: string): void {
    this.#observe({ on: "lost", at: this.#clock.monotonic() });
    if (this.#watch.fault === "unplugged") this.#change({ state: "fault", fault: "unplugged", detail: why });
  }

  /** Ends the capture process and begins another one after a while. */
  #reopen(): void {
    this.#release();
    clearTimeout(this.#retrying);
    const wait = this.#waits.next().value;
    void this.#released.then(() => {
      if (this.#stopping !== undefined) return;
      this.#retrying = setTimeout(() => this.#open(), wait);
    });
  }

  #release(): void {
    const link = this.#link;
    this.#link = undefined;
    if (link !== undefined) this.#released = Promise.all([this.#released, link.kill()]).then(() => {});
  }

  #finish(): void {
    clearInterval(this.#ticking);
    this.#release();
    this.#change({ state: "ended", fault: null, detail: `${this.#name} has come to its end` });
    this.#next.end();
  }

  #change(to: Pick<CameraStatus, "state" | "fault" | "detail">): void {
    const { state, fault, detail } = this.#status;
    if (state === to.state && fault === to.fault && detail === to.detail) return;
    this.#status = { ...this.#status, ...to };
    for (const listener of this.#listeners) listener(this.status());
  }
}
