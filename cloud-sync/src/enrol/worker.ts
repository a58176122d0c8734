import { randomUUID } from "node:crypto";
import { describeError, TillsightError } from "@tillsight/contracts";
import { LeaseLostError } from "../errors.js";
import type { Logger } from "../log.js";
import type { Failure } from "./queue/job.js";
import type { Claim, JobQueue } from "./queue/queue.js";

/** Does one job and settles it; throws when that failed. `signal`: the lease is lost. */
export type DoJob = (claim: Claim, signal: AbortSignal) => Promise<void>;

export interface WorkerOptions {
  readonly queue: JobQueue;
  readonly work: DoJob;
  readonly log: Logger;
  /** Jobs at a time: while one is looked at, another is fetched, decoded or written down. */
  readonly slots?: number;
}

/** Longest sleep between two looks at the queue, ms: in case nobody was told. */
const mostIdleMs = 5_000;

/** Takes jobs from the queue until it is stopped. */
export class EnrolWorker {
  readonly #o: WorkerOptions;
  readonly #stop = new AbortController();
  readonly #id = randomUUID();
  readonly #sleepers = new Set<() => void>();
  #loops: Promise<unknown> | undefined;

  constructor(options: WorkerOptions) {
    this.#o = options;
  }

  start(): void {
    const slots = Array.from({ length: this.#o.slots ?? 2 }, () => this.#loop());
    this.#loops ??= Promise.all(slots);
  }

  /** There may be work. */
  wake(): void {
    for (const wake of this.#sleepers) wake();
  }

  /** What is under way is finished first. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.wake();
    await this.#loops;
  }

  async #loop(): Promise<void> {
    const { queue, log } = this.#o;
    while (!this.#stop.signal.aborted) {
      try {
        const claim = await queue.claim(this.#id);
        if (claim) await this.#do(claim);
        else await this.#sleep((await queue.idleMs()) ?? mostIdleMs);
      } catch (error) {
        // The database is away: jobs wait in it, and so do we.
        log.warn("enrolment cannot reach its queue", { error: describeError(error) });
        await this.#sleep(mostIdleMs);
      }
    }
  }

  async #do(claim: Claim): Promise<void> {
    const { queue, work, log } = this.#o;
    const lost = new AbortController();
    const beat = setInterval(() => {
      queue.renew(claim).then(
        (held) => held || lost.abort(new LeaseLostError(claim.job.id)),
        // It is asked again at the next beat, and settling asks once more.
        () => {},
      );
    }, queue.leaseMs / 3);
    try {
      await work(claim, lost.signal);
    } catch (error) {
      if (error instanceof LeaseLostError) log.warn("an enrolment was taken over", { job: claim.job.id });
      else {
        const state = await queue.fail(claim, failureOf(error));
        log.warn("an enrolment failed", {
          job: claim.job.id,
          state,
          attempt: claim.attempt,
          error: describeError(error),
        });
      }
    } finally {
      clearInterval(beat);
    }
  }

  /** Until there may be work. */
  #sleep(ms: number): Promise<void> {
    if (this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(mostIdleMs, ms) + 1);
      this.#sleepers.add(wake);
    });
  }
}

export const failureOf = (error: unknown): Failure =>
  error instanceof TillsightError
    ? { code: error.code, message: error.message, fix: error.fix }
    : { code: "INTERNAL", message: describeError(error), fix: "Look at the log of cloud-sync." };
