import { z } from "zod";
import { NakReason } from "../../pos/till-line/messages.js";

const times = z.int().min(1).default(1);
const Hex = z.string().regex(/^([0-9a-fA-F]{2}\s*)*$/, "bytes as hexadecimal, for example 06 15");
const step = <T extends string, S extends z.ZodRawShape>(name: T, shape: S) =>
  z.strictObject({ do: z.literal(name), times, ...shape });

/** One way of treating messages; each message that arrives whole uses up one of `times`. */
export const TillStep = z.discriminatedUnion("do", [
  /** Books and answers. */
  step("ack", {}),
  /** Does not book; says no. To scanners the reason is only NAK. */
  step("nak", { reason: NakReason.default("busy") }),
  /** Does not book and does not answer: as if nothing had arrived. */
  step("silence", {}),
  /** Books, but its answer never arrives. */
  step("ackLost", {}),
  /** Books, then sends rubbish where the answer should be. */
  step("garbage", { hex: Hex.default("FF 00 7E 41 02 30") }),
  /** Books at once, answers later. */
  step("slow", { ms: z.int().min(0).max(60_000) }),
  /** Books, but only the first bytes of its answer arrive. */
  step("partial", { bytes: z.int().min(0).default(4) }),
  /** Books and answers, with noise around the answer. */
  step("noise", { before: Hex.default(""), after: Hex.default("") }),
  /** The cable is pulled after so many bytes of the message, and put back after `forMs`. */
  step("unplug", { afterBytes: z.int().min(1).default(5), forMs: z.int().min(0).max(60_000).default(300) }),
]);
export type TillStep = z.infer<typeof TillStep>;

/** A till's behaviour over time; when the steps are used up it books and answers everything. */
export const TillScript = z.strictObject({
  steps: z.array(TillStep),
  /** Start over instead. */ loop: z.boolean().default(false),
});
export type TillScript = z.infer<typeof TillScript>;

const ACK: TillStep = { do: "ack", times: 1 };

/** Walks a script. */
export class ScriptPlayer {
  readonly #script: TillScript;
  #index = 0;
  #used = 0;

  constructor(script: z.input<typeof TillScript> = { steps: [] }) {
    this.#script = TillScript.parse(script);
  }

  /** How the next message will be treated. */
  peek(): TillStep {
    return this.#script.steps[this.#index] ?? ACK;
  }

  take(): TillStep {
    const step = this.peek();
    if (++this.#used >= step.times) {
      this.#used = 0;
      this.#index++;
      if (this.#script.loop && this.#index >= this.#script.steps.length) this.#index = 0;
    }
    return step;
  }
}
