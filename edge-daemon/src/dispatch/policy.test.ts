import { describe, expect, it } from "vitest";
import type { TillOutcome } from "../ports/line-sink.js";
import { afterAttempt, onFound, retryDelays } from "./policy.js";

const outcomes: Record<string, TillOutcome> = {
  accepted: { kind: "accepted" },
  refused: { kind: "refused", reason: "no such article" },
  unsent: { kind: "unsent", reason: "no port" },
  inDoubt: { kind: "inDoubt", reason: "silence" },
};
const [yes, no] = [true, false];

describe("what follows an attempt", () => {
  // outcome, till counts a repeat once, an earlier attempt may have arrived
  const cases: [string, keyof typeof outcomes, boolean, boolean, string][] = [
    ["the till has it", "accepted", no, no, "finish accepted"],
    ["the till says no", "refused", yes, no, "finish refused"],
    ["the port is away", "unsent", no, no, "release"],
    ["the port is away, idempotent", "unsent", yes, no, "release"],
    ["the port is away after an attempt that may have arrived", "unsent", yes, yes, "again"],
    ["silence of a till that counts a repeat once", "inDoubt", yes, no, "again"],
    ["silence again", "inDoubt", yes, yes, "again"],
    ["silence of a till that would count it twice", "inDoubt", no, no, "finish inDoubt"],
  ];
  it.each(cases)("%s", (_name, outcome, idempotent, mayHaveArrived, want) => {
    const step = afterAttempt(outcomes[outcome] as TillOutcome, { idempotent, mayHaveArrived });
    expect(step.do === "finish" ? `finish ${step.answer.kind}` : step.do).toBe(want);
  });

  it("sends a half-sent message again only where that is safe", () => {
    expect(onFound(true).do).toBe("again");
    expect(onFound(false)).toMatchObject({ do: "finish", answer: { kind: "inDoubt" } });
  });

  it("waits longer and longer, up to a limit, for ever", () => {
    const delays = retryDelays(100, 500);
    expect(Array.from({ length: 6 }, () => delays.next().value)).toEqual([100, 200, 400, 500, 500, 500]);
  });
});
