import type { ServiceManager } from "../adapters/systemd/notify.js";
import type { Logger } from "../observe/logger.js";
import type { ProgressBoard } from "../observe/progress.js";

/** Feeds systemd's watchdog while every watched loop makes progress, and only then. */
export class Watchdog {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly manager: ServiceManager,
    private readonly progress: ProgressBoard,
    private readonly log: Logger,
  ) {}

  start(): void {
    const { watchdogMs } = this.manager;
    if (watchdogMs !== undefined) this.#timer ??= setInterval(() => void this.feed(), watchdogMs);
  }

  /** One turn: tells systemd that we live, or says in the log why not. */
  async feed(): Promise<void> {
    const stale = this.progress.stale();
    if (stale.length === 0) await this.manager.watchdog();
    else this.log.error("the watchdog is not fed: loops stand still", { loops: stale });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
