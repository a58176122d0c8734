import { expect, test } from "vitest";
import { CatalogHold } from "./hold.js";

const head = { lsn: 100, oldestLsn: 10 };
const cases: [
  situation: string,
  limit: number | null,
  cursor: number,
  next: [number, number],
  stops: boolean,
  rests: boolean,
][] = [
  ["no limit", null, 50, [50, 60], false, false],
  ["below the limit", 80, 50, [50, 60], false, false],
  ["up to the limit exactly", 80, 70, [70, 80], false, false],
  ["a delta that would pass it", 80, 75, [75, 85], true, true],
  ["at the limit", 80, 80, [80, 90], true, true],
  ["beyond the limit already", 80, 90, [90, 95], true, true],
  ["the limit lies ahead of headquarters", 200, 100, [100, 110], false, false],
  ["so far behind that only a snapshot helps", 80, 5, [5, 9], false, true],
];
test.each(cases)("%s", (_, limit, cursor, [fromLsn, toLsn], stops, rests) => {
  const hold = new CatalogHold(() => limit);
  expect(hold.stops({ fromLsn, toLsn })).toBe(stops);
  expect(hold.rests(cursor, head)).toBe(rests);
});

test("a later delta that came out of turn says nothing about the one that is next", () => {
  const hold = new CatalogHold(() => 80);
  expect(hold.stops({ fromLsn: 90, toLsn: 95 })).toBe(true);
  expect(hold.rests(50, head)).toBe(false);
});
