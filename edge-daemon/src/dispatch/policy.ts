import type { TillAnswer } from "../domain/basket/index.js";
import type { TillOutcome } from "../ports/line-sink.js";

/**
 * What follows one attempt.
 * `finish`: the message has its answer. `release`: it never left, so it waits in the queue again, where it may
 * still be withdrawn. `again`: the same message with the same number once more.
 */
export type NextStep =
  | { readonly do: "finish"; readonly answer: TillAnswer }
  | { readonly do: "release"; readonly reason: string }
  | { readonly do: "again"; readonly reason: string };

export interface Circumstances {
  /** The till counts a repeated message once. */
  readonly idempotent: boolean;
  /** An earlier attempt may have arrived, so that "not sent" now does not mean "not there". */
  readonly mayHaveArrived: boolean;
}

/** The retry rules, all of them. */
export function afterAttempt(outcome: TillOutcome, { idempotent, mayHaveArrived }: Circumstances): NextStep {
  switch (outcome.kind) {
    case "accepted":
      return { do: "finish", answer: { kind: "accepted" } };
    case "refused":
      return { do: "finish", answer: { kind: "refused", reason: outcome.reason } };
    case "unsent":
      return { do: mayHaveArrived ? "again" : "release", reason: outcome.reason };
    case "inDoubt":
      if (idempotent) return { do: "again", reason: outcome.reason };
      return { do: "finish", answer: { kind: "inDoubt", reason: outcome.reason } };
  }
}

/** A message found half-sent: sent once more where that is safe, otherwise a person is asked. */
export function onFound(idempotent: boolean): NextStep {
  const reason = "the lane stopped while it was being sent";
  return idempotent ? { do: "again", reason } : { do: "finish", answer: { kind: "inDoubt", reason } };
}

/** Waits between attempts, ms: for ever, doubling from `first` up to `most`. */
export function* retryDelays(first = 200, most = 5_000): Generator<number, never> {
  for (let delay = first; ; delay = Math.min(most, delay * 2)) yield delay;
}
