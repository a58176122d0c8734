import type { CatalogHead } from "@tillsight/contracts";
import { expect, test } from "vitest";
import { answerWaitMs, type FollowState, nextStep, reconnectDelayMs } from "./follow-plan.js";

const hash = (n: number) => new Uint8Array(32).fill(n);
const head = (lsn: number, fields: Partial<CatalogHead> = {}): CatalogHead => ({
  ...{ epoch: 1, lsn, oldestLsn: 0, stateHash: hash(lsn), rows: 10, snapshot: null, embedderId: "e" },
  ...{ sequence: 1, issuedAt: 1 },
  ...fields,
});
const at = (fields: Partial<FollowState>): FollowState => ({
  ...{ cursor: 5, epoch: 1, stateHash: "05".repeat(32), head: head(9), diverged: false, download: null },
  ...{ applying: false, askedAt: null, unanswered: 0, snapshots: 0 },
  ...fields,
});
const names = Array.from({ length: 40 }, (_, i) => String(i));
const download = (missing: number, outstanding: number, lsn = 9) => ({
  ...{ epoch: 1, lsn, missing: names.slice(0, missing), outstanding },
});
const diverged = { diverged: true };

const range = { do: "ask", request: { want: "range", epoch: 1, afterLsn: 5 } };
const manifest = { do: "ask", request: { want: "manifest" } };
const waiting = { because: "waiting" };

const cases: [name: string, state: Partial<FollowState>, now: number, want: object][] = [
  ["without a head there is nothing to compare with", { head: null }, 0, { because: "no head" }],
  ["level with the head, state and all", { head: head(5) }, 0, { because: "current" }],
  ["level by number, but not by state", { head: head(5, { stateHash: hash(1) }) }, 0, manifest],
  ["behind: ask for what follows the cursor", {}, 0, range],
  ["asked just now: wait", { askedAt: 0, unanswered: 1 }, answerWaitMs - 1, waiting],
  ["no answer came: ask again", { askedAt: 0, unanswered: 1 }, answerWaitMs, range],
  ["the second silence is waited for twice as long", { askedAt: 0, unanswered: 2 }, answerWaitMs, waiting],
  ["but never longer than 16 times", { askedAt: 0, unanswered: 99 }, answerWaitMs * 16, range],
  ["headquarters uses another embedder", { head: head(9, { embedderId: "x" }) }, 0, { because: "embedder" }],
  ["ahead of headquarters", { cursor: 10 }, 0, { because: "ahead" }],
  ["what is missing is not served any more", { head: head(9, { oldestLsn: 6 }) }, 0, manifest],
  ["the oldest delta begins right here", { head: head(9, { oldestLsn: 5 }) }, 0, range],
  ["more changes than a whole catalog has rows", { head: head(1006) }, 0, manifest],
  ["as many changes, but of a large catalog", { head: head(1006, { rows: 5000 }) }, 0, range],
  ["another history", { head: head(9, { epoch: 2 }) }, 0, manifest],
  ["a first catalog of any history", { cursor: 0, epoch: 0, head: head(9, { epoch: 2 }) }, 0, { do: "ask" }],
  ["the own state is not known", { stateHash: null }, 0, manifest],
  ["a delta did not fit the state", diverged, 0, manifest],
  ["no list came yet", { ...diverged, askedAt: 0, unanswered: 1 }, 1, waiting],
  [
    "a snapshot did not help: patience",
    { ...diverged, askedAt: 0, unanswered: 1, snapshots: 3 },
    9000,
    waiting,
  ],
  [
    "the list is here: ask for the first chunks",
    { ...diverged, download: download(40, 0) },
    0,
    { do: "ask", request: { want: "chunks", chunks: names.slice(0, 16) } },
  ],
  ["enough are on their way", { ...diverged, download: download(24, 16) }, 0, waiting],
  [
    "most have come: ask for more before the last",
    { ...diverged, download: download(24, 4) },
    0,
    { do: "ask", request: { want: "chunks", chunks: names.slice(0, 12) } },
  ],
  ["the last are on their way", { ...diverged, download: download(0, 2) }, 0, waiting],
  ["all are here", { ...diverged, download: download(0, 0) }, 0, { do: "apply" }],
  [
    "it is being written",
    { ...diverged, download: download(0, 0), applying: true },
    0,
    { because: "applying" },
  ],
  [
    "deltas no longer follow this snapshot",
    { head: head(9, { oldestLsn: 8 }), download: download(3, 0, 7) },
    0,
    manifest,
  ],
  ["a snapshot of another history", { head: head(9, { epoch: 2 }), download: download(3, 0) }, 0, manifest],
];

test.each(cases)("%s", (_, state, now, want) => {
  expect(nextStep(at(state), "e", now)).toMatchObject(want);
});

test("reconnecting backs off to half a minute with jitter, and never stops", () => {
  const delays = [0, 1, 2, 6, 50, 100_000].map((attempt) => reconnectDelayMs(attempt, () => 0));
  expect(delays).toEqual([500, 1000, 2000, 30_000, 30_000, 30_000]);
  expect(reconnectDelayMs(50, () => 1)).toBe(45_000);
});
