import { expect, test } from "vitest";
import { type BatchVerdict, judgeBatch, type UpCursor } from "./cursor.js";

const cases: [situation: string, cursor: UpCursor, after: number, ns: number[], want: BatchVerdict][] = [
  ["the first", { n: 0, missing: 0 }, 0, [1, 2, 3], { take: true, cursor: { n: 3, missing: 0 } }],
  ["the next", { n: 3, missing: 0 }, 3, [4], { take: true, cursor: { n: 4, missing: 0 } }],
  ["the same again", { n: 4, missing: 1 }, 0, [1, 2, 3], { take: true, cursor: { n: 4, missing: 1 } }],
  ["partly again", { n: 4, missing: 0 }, 3, [4, 5], { take: true, cursor: { n: 5, missing: 0 } }],
  [
    "with numbers dropped for want of room",
    { n: 4, missing: 1 },
    4,
    [7, 9],
    { take: true, cursor: { n: 9, missing: 4 } },
  ],
  ["from beyond what a restored headquarters has", { n: 4, missing: 0 }, 10, [11], { take: false, upTo: 4 }],
  [
    "from where the restored one is",
    { n: 4, missing: 0 },
    4,
    [5, 6],
    { take: true, cursor: { n: 6, missing: 0 } },
  ],
];
test.each(cases)("a batch: %s", (_, cursor, after, ns, want) => {
  const records = ns.map((n) => ({ n, id: "", body: null }));
  expect(judgeBatch(cursor, { after, records })).toEqual(want);
});
