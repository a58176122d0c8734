import type { TillOutcome } from "../ports/line-sink.js";

/** What a protocol allows an exchange to do. */
export interface ExchangePlan {
  /** False: nothing ever comes back, and bytes that were sent out count as accepted. */
  readonly awaitsAnswer: boolean;
  /** Answers name the message they belong to; otherwise they are told apart by time alone. */
  readonly namedAnswers: boolean;
  /** The till drops a frame that it already has, so silence may be met with the same frame again. */
  readonly resendOnSilence: boolean;
  /** Transmissions of one message, 1 and up. */
  readonly attempts: number;
}

/** `silent`: some transmission of this message went unanswered, so the till may have it. */
interface Trying {
  readonly attempt: number;
  readonly silent: boolean;
  /**
   * An answer that came before our own write was reported as done. A till at a fast line answers the last byte
   * sooner than a busy machine learns that it left, so where silence may not be met with a repeat, this counts
   * if nothing else comes.
   */
  readonly early?: EarlyAnswer | undefined;
}

type EarlyAnswer = Extract<ExchangeInput, { on: "ack" | "nak" | "busy" | "refused" }>;

export type ExchangeState =
  /** Waiting until no answer to anything earlier can come any more. */
  | { readonly at: "settling" }
  | ({ readonly at: "writing" } & Trying)
  | ({ readonly at: "awaitAnswer" } & Trying)
  /** The till is busy: a pause before the next transmission. */
  | ({ readonly at: "backOff" } & Trying)
  | { readonly at: "done"; readonly outcome: TillOutcome };

export type ExchangeInput =
  | { readonly on: "quiet" }
  | { readonly on: "written" }
  /** The port was not open: no byte of this transmission left. */
  | { readonly on: "notOpen"; readonly reason: string }
  /** The port failed while or after bytes left. */
  | { readonly on: "broken"; readonly reason: string }
  | { readonly on: "ack" }
  /** Not understood or not taken: send again. */
  | { readonly on: "nak"; readonly reason: string }
  | { readonly on: "busy"; readonly reason: string }
  /** The till's final no to this message. */
  | { readonly on: "refused"; readonly reason: string }
  /** An answer that belongs to something else. */
  | { readonly on: "stray" }
  /** The state's own time is up. */
  | { readonly on: "timeout" };

export const exchangeStart: ExchangeState = { at: "settling" };

/** The next state, or undefined for an input that cannot happen there: a defect of the caller. */
export function nextExchange(
  plan: ExchangePlan,
  state: ExchangeState,
  input: ExchangeInput,
): ExchangeState | undefined {
  switch (state.at) {
    case "settling":
      return settling(state, input);
    case "writing":
      return writing(plan, state, input);
    case "awaitAnswer":
      return awaitAnswer(plan, state, input);
    case "backOff":
      return backOff(plan, state, input);
    case "done":
      return undefined;
  }
}

type At<S extends ExchangeState["at"]> = Extract<ExchangeState, { at: S }>;

function settling(state: At<"settling">, input: ExchangeInput): ExchangeState | undefined {
  switch (input.on) {
    case "quiet":
      return { at: "writing", attempt: 1, silent: false };
    case "notOpen":
    case "broken":
      return done("unsent", input.reason);
    case "timeout":
      return done("unsent", "the line does not fall quiet, so an answer could not be told from an old one");
    case "written":
      return undefined;
    default:
      return state;
  }
}

function writing(plan: ExchangePlan, state: At<"writing">, input: ExchangeInput): ExchangeState | undefined {
  // An answer while the frame is still leaving is ours only if it names us, or answers an earlier transmission.
  const ours = plan.namedAnswers || state.silent;
  switch (input.on) {
    case "written":
      return plan.awaitsAnswer ? { ...state, at: "awaitAnswer" } : accepted;
    case "notOpen":
      return state.silent ? done("inDoubt", input.reason) : done("unsent", input.reason);
    case "broken":
      return done("inDoubt", input.reason);
    case "ack":
      return ours ? accepted : early(plan, state, input);
    case "refused":
      return ours ? done("refused", input.reason) : early(plan, state, input);
    case "nak":
    case "busy":
      return early(plan, state, input);
    case "stray":
      return state;
    default:
      return undefined;
  }
}

/** A repeat settles it better than a guess, so only those keep it that may not repeat. */
function early(plan: ExchangePlan, state: At<"writing">, answer: EarlyAnswer): ExchangeState {
  return plan.awaitsAnswer && !plan.namedAnswers && !plan.resendOnSilence
    ? { ...state, early: answer }
    : state;
}

function awaitAnswer(
  plan: ExchangePlan,
  state: At<"awaitAnswer">,
  input: ExchangeInput,
): ExchangeState | undefined {
  const last = state.attempt >= plan.attempts;
  const again = { at: "writing", attempt: state.attempt + 1 } as const;
  switch (input.on) {
    case "ack":
      return accepted;
    case "refused":
      return done("refused", input.reason);
    case "nak":
      if (!last) return { ...again, silent: state.silent };
      return done(state.silent ? "inDoubt" : "refused", `${input.reason}, ${times(state.attempt)}`);
    case "busy":
      if (!last) return { attempt: state.attempt, silent: state.silent, at: "backOff" };
      return done(state.silent ? "inDoubt" : "unsent", `${input.reason}, ${times(state.attempt)}`);
    case "timeout":
      if (state.early) return awaitAnswer(plan, { ...state, early: undefined }, state.early);
      if (plan.resendOnSilence && !last) return { ...again, silent: true };
      return done("inDoubt", `the till did not answer, ${times(state.attempt)}`);
    case "broken":
      return done("inDoubt", input.reason);
    case "stray":
      return state;
    default:
      return undefined;
  }
}

function backOff(plan: ExchangePlan, state: At<"backOff">, input: ExchangeInput): ExchangeState | undefined {
  switch (input.on) {
    case "timeout":
      return { at: "writing", attempt: state.attempt + 1, silent: state.silent };
    case "ack":
      return plan.namedAnswers || state.silent ? accepted : state;
    case "refused":
      return done("refused", input.reason);
    case "notOpen":
    case "broken":
      return done(state.silent ? "inDoubt" : "unsent", input.reason);
    case "nak":
    case "busy":
    case "stray":
      return state;
    default:
      return undefined;
  }
}

const accepted: ExchangeState = { at: "done", outcome: { kind: "accepted" } };

const done = (kind: "refused" | "unsent" | "inDoubt", reason: string): ExchangeState => ({
  at: "done",
  outcome: { kind, reason },
});

const times = (attempt: number): string => (attempt === 1 ? "asked once" : `asked ${attempt} times`);
