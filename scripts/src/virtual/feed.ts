import { setTimeout as sleep } from "node:timers/promises";
import { InvariantError, StoppedError } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";
import { type Motion, restingScene, type Stage } from "./motion.js";
import type { Scene } from "./scene.js";

/** Where the pictures go: the simulated camera. A slow one holds the feed back rather than letting it queue. */
export interface PictureSink {
  show(picture: Picture): void | Promise<void>;
}

export interface FeedOptions {
  readonly render: (scene: Scene, frame: number) => Promise<Picture>;
  readonly sink: PictureSink;
  readonly stage: Stage;
  /** Pictures a second, 1..60. */
  readonly fps?: number;
  /** How much faster than life things move: 2 halves every duration. */
  readonly pace?: number;
  /** Milliseconds that never jump. */
  readonly monotonic?: () => number;
}

/** One motion under way, and whoever waits for its end. */
interface Playing {
  readonly motion: Motion;
  readonly startedAt: number;
  readonly done: () => void;
  readonly failed: (reason: unknown) => void;
}

/** The mains and the sky make every light swell a little, at this rate and by this share. */
const DRIFT = { periodMs: 23_000, share: 0.015 };

/** Shows the tray to the simulated camera in real time: still scenes, and motions when they are played. */
export class TrayFeed {
  readonly #options: FeedOptions;
  readonly #now: () => number;
  readonly #stopping = new AbortController();
  #stage: Stage;
  #playing: Playing | null = null;
  #loop: Promise<void> | null = null;
  #frame = 0;
  #renderMs = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#now = options.monotonic ?? (() => performance.now());
    this.#stage = options.stage;
  }

  /** What lies there now, after all motions so far. */
  get stage(): Stage {
    return this.#stage;
  }

  /** Whether a motion is under way. */
  get playing(): boolean {
    return this.#playing !== null;
  }

  /** Pictures shown so far, and the mean time that drawing one took, ms. */
  get stats(): { readonly frames: number; readonly renderMs: number } {
    return { frames: this.#frame, renderMs: this.#frame === 0 ? 0 : this.#renderMs / this.#frame };
  }

  /** Resolves once the first picture has been shown. */
  async start(): Promise<void> {
    if (this.#loop) return;
    await this.#show();
    this.#loop = this.#run();
  }

  /** Idempotent; rejects with what ended the feed before, if anything did. */
  async stop(): Promise<void> {
    this.#stopping.abort(new StoppedError("the virtual camera's feed"));
    this.#endMotion((playing) => playing.failed(this.#stopping.signal.reason));
    await this.#loop;
  }

  /** Another scene at once, as when the store puts out other trays. */
  cut(stage: Stage): void {
    this.#stage = stage;
  }

  /** Plays `motion` and resolves when a picture of its end has been shown. One motion at a time. */
  async play(motion: Motion, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#stopping.signal.throwIfAborted();
    if (this.#playing) throw new InvariantError("two things happen on the virtual tray at once");
    await new Promise<void>((resolve, reject) => {
      const onAbort = (): void => this.#endMotion((playing) => playing.failed(signal.reason));
      const settle = (act: () => void): void => {
        signal.removeEventListener("abort", onAbort);
        act();
      };
      signal.addEventListener("abort", onAbort, { once: true });
      this.#playing = {
        motion,
        startedAt: this.#now(),
        done: () => settle(resolve),
        failed: (reason) => settle(() => reject(reason)),
      };
    });
  }

  /** However a motion ends, the tray is then as the motion leaves it. */
  #endMotion(tell: (playing: Playing) => void): void {
    const playing = this.#playing;
    if (!playing) return;
    this.#playing = null;
    this.#stage = playing.motion.after;
    tell(playing);
  }

  async #run(): Promise<void> {
    const period = 1000 / (this.#options.fps ?? 12);
    let due = this.#now() + period;
    try {
      while (!this.#stopping.signal.aborted) {
        // A picture that comes late is not made up for: cameras drop frames, they do not hurry.
        due = Math.max(due, this.#now() - period);
        await sleep(Math.max(0, due - this.#now()), undefined, { signal: this.#stopping.signal });
        due += period;
        await this.#show();
      }
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#stopping.abort(error);
      this.#endMotion((playing) => playing.failed(error));
      throw error;
    }
  }

  async #show(): Promise<void> {
    const playing = this.#playing;
    const elapsed = playing ? (this.#now() - playing.startedAt) * (this.#options.pace ?? 1) : 0;
    const over = playing !== null && elapsed >= playing.motion.durationMs;
    const scene = playing ? (over ? restingScene(playing.motion.after) : playing.motion.at(elapsed)) : null;
    const startedAt = this.#now();
    const picture = await this.#options.render(this.#drift(scene ?? restingScene(this.#stage)), this.#frame);
    this.#renderMs += this.#now() - startedAt;
    this.#frame += 1;
    await this.#options.sink.show(picture);
    if (over && this.#playing === playing) this.#endMotion((ended) => ended.done());
  }

  #drift(scene: Scene): Scene {
    const swell = 1 + DRIFT.share * Math.sin((this.#now() / DRIFT.periodMs) * 2 * Math.PI);
    return { ...scene, light: { ...scene.light, brightness: scene.light.brightness * swell } };
  }
}
