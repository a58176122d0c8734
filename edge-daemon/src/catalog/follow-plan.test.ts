import { expect, test } from "vitest";
import { answerWaitMs, type FollowState, nextStep, reconnectDelayMs } from "./follow-plan.js";

const head = (lsn: number, embedderId = "e") => ({ lsn, oldestLsn: 0, embedderId });
const at = (fields: Partial<FollowState>): FollowState => ({
  cursor: 5,
  head: head(9),
  askedAt: null,
  unanswered: 0,
  ...fields,
});

const cases: [name: string, state: FollowState, now: number, want: object][] = [
  ["without a head there is nothing to compare with", at({ head: null }), 0, { because: "no head" }],
  ["level with the head", at({ cursor: 9 }), 0, { because: "current" }],
  ["behind: ask for what follows the cursor", at({}), 0, { do: "ask", afterLsn: 5 }],
  ["asked just now: wait", at({ askedAt: 0, unanswered: 1 }), answerWaitMs - 1, { because: "waiting" }],
  ["no answer came: ask again", at({ askedAt: 0, unanswered: 1 }), answerWaitMs, { do: "ask" }],
  [
    "the second silence is waited for twice as long",
    at({ askedAt: 0, unanswered: 2 }),
    answerWaitMs,
    { because: "waiting" },
  ],
  ["but never longer than 16 times", at({ askedAt: 0, unanswered: 99 }), answerWaitMs * 16, { do: "ask" }],
  ["headquarters uses another embedder", at({ head: head(9, "other") }), 0, { because: "embedder" }],
  ["ahead of headquarters: its history is not ours", at({ cursor: 10 }), 0, { because: "ahead" }],
];

test.each(cases)("%s", (_, state, now, want) => {
  expect(nextStep(state, "e", now)).toMatchObject(want);
});

test("reconnecting backs off to half a minute with jitter, and never stops", () => {
  const delays = [0, 1, 2, 6, 50, 100_000].map((attempt) => reconnectDelayMs(attempt, () => 0));
  expect(delays).toEqual([500, 1000, 2000, 30_000, 30_000, 30_000]);
  expect(reconnectDelayMs(50, () => 1)).toBe(45_000);
});
