import {
  describeError,
  type FleetCommand,
  type Order,
  type OrderAnswer,
  type ReportedConfig,
} from "@tillsight/contracts";
import type { Clock } from "../ports/clock.js";
import type { CommandOutcome, UpOutbox } from "./outbox.js";

/** What the lane itself can do for headquarters. */
export interface OrderHooks {
  /** Ends the daemon in order; whatever keeps it running starts it again. */
  restart(): void;
  /** @throws OrderRefusedError when nothing would start it again */
  mayRestart(): void;
  /** JPEG of the tray at this moment; null when there is none to be had. */
  picture(): Promise<{ readonly jpeg: Uint8Array } | null>;
  setServiceMode(on: boolean): void;
  /** Keeps the settings for the next start. @returns what to report @throws when they do not fit */
  takeSettings(version: number, settings: unknown): ReportedConfig;
}

export interface OrdersOptions {
  readonly outbox: Pick<UpOutbox, "outcome" | "keepOutcome">;
  readonly hooks: OrderHooks;
  readonly clock: Clock;
  /** Resolves when the broker has it. */
  readonly answer: (answer: OrderAnswer) => Promise<void>;
  readonly rebirth: () => void;
  readonly onError: (error: unknown) => void;
}

/** JPEG bytes that still fit an answer as base64. */
const maxPictureBytes = 2_900_000;

interface Result {
  readonly outcome: CommandOutcome;
  readonly jpeg?: string;
  /** Once the answer is out. */
  readonly afterwards?: () => void;
}

const done = (detail: string): Result => ({ outcome: { state: "done", detail } });

/** Carries orders out one after another; a command that comes again is answered from memory. */
export class Orders {
  readonly #o: OrdersOptions;
  #work: Promise<void> = Promise.resolve();

  constructor(options: OrdersOptions) {
    this.#o = options;
  }

  take(order: Order): void {
    const received = this.#o.clock.monotonic();
    this.#work = this.#work.then(() => this.#carryOut(order, received)).catch(this.#o.onError);
  }

  /** Resolves when everything taken has been dealt with. */
  settled(): Promise<void> {
    return this.#work;
  }

  async #carryOut(order: Order, received: number): Promise<void> {
    const { answer, rebirth } = this.#o;
    if (order.kind === "rebirth") rebirth();
    else if (order.kind === "settings")
      await answer({ kind: "settings", reported: this.#settings(order.version, order.settings) });
    else await this.#command(order, received);
  }

  #settings(version: number, settings: unknown): ReportedConfig {
    try {
      return this.#o.hooks.takeSettings(version, settings);
    } catch (error) {
      return { version, state: "refused", detail: describeError(error).slice(0, 500) };
    }
  }

  async #command(order: Extract<Order, { kind: "command" }>, received: number): Promise<void> {
    const { outbox, clock, answer } = this.#o;
    const { id } = order;
    const known = outbox.outcome(id);
    if (known) return answer({ kind: "command", id, ...known });
    const late = clock.monotonic() - received >= order.leftMs;
    const result = late ? expired : await this.#do(order.command);
    // Before anything ends the process: the same command must not end the next one too.
    outbox.keepOutcome(id, clock.now().getTime(), result.outcome);
    const { jpeg } = result;
    try {
      await answer({ kind: "command", id, ...result.outcome, ...(jpeg === undefined ? {} : { jpeg }) });
    } finally {
      result.afterwards?.();
    }
  }

  async #do(command: FleetCommand): Promise<Result> {
    const { hooks } = this.#o;
    try {
      switch (command.do) {
        case "restart":
          hooks.mayRestart();
          return { ...done("restarting"), afterwards: () => hooks.restart() };
        case "service":
          hooks.setServiceMode(command.on);
          return done(command.on ? "in service mode" : "selling again");
        case "picture":
          return await this.#picture();
      }
    } catch (error) {
      return failed(describeError(error).slice(0, 500));
    }
  }

  async #picture(): Promise<Result> {
    const picture = await this.#o.hooks.picture();
    if (!picture) return failed("the camera has no picture at the moment");
    if (picture.jpeg.length > maxPictureBytes) return failed("the picture is too large to be sent");
    return { ...done("taken"), jpeg: Buffer.from(picture.jpeg).toString("base64") };
  }
}

const failed = (detail: string): Result => ({ outcome: { state: "failed", detail } });
const expired: Result = { outcome: { state: "expired", detail: "its deadline had passed" } };
