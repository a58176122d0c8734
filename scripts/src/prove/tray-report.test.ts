import type { Sku } from "@tillsight/contracts";
import { expect, test } from "vitest";
import type { SoldPiece } from "./compare.js";
import { isProved, markdownOf, progressLine, summarise, type TrayResult, verdictOf } from "./tray-report.js";

const piece = (sku: string): SoldPiece => ({ sku: sku as Sku, grams: null, minor: 100, taxRateBp: 700 });
const asked = (about: "choice" | "identification" | "weight" | "ageApproval" | "ghost") => ({
  ...{ about, truth: about === "ghost" ? null : ("pear" as Sku), offered: [] },
});

function result(number: number, changes: Partial<TrayResult>): TrayResult {
  const expected = [piece("pear"), piece("kiwi")];
  const base = {
    expected,
    recognised: expected,
    ...{ missing: [], extra: [], totalRight: true },
    till: { sold: expected, missing: [], extra: [], totalRight: true, isEqual: true },
    asked: [],
    corrected: [],
    failure: null,
  };
  const merged = { ...base, ...changes };
  const rest = { title: "test", settledAfterMs: number * 100, picture: null };
  return { number, ...rest, ...merged, verdict: verdictOf(merged) };
}

const trays = [
  result(1, {}),
  result(2, { asked: [asked("weight"), asked("ageApproval")] }),
  result(3, { asked: [asked("choice"), asked("ghost")] }),
  result(4, {
    ...{ missing: [piece("kiwi")], extra: [piece("lemon")], totalRight: false, picture: "tray-4.jpg" },
    corrected: [{ what: "misnamed", sku: "kiwi" as Sku, instead: "lemon" as Sku }],
  }),
  result(5, { missing: [piece("kiwi")], totalRight: false }),
  result(6, { extra: [piece("lemon"), piece("lemon")], totalRight: false }),
  result(7, {
    ...{ missing: [piece("pear"), piece("kiwi")], totalRight: false, failure: "waited 20 s" },
    till: { sold: [], missing: [piece("pear")], extra: [], totalRight: false, isEqual: false },
  }),
  result(8, { totalRight: false }),
];
const run = { strayEntries: 0, seed: 1, machine: "a machine", at: "2026-01-01T00:00:00Z", seconds: 60 };
const report = summarise(trays, run);

test("weighing and an age check are no questions of recognition; a wrong total is a wrong basket", () => {
  expect(trays.map((tray) => tray.verdict)).toEqual([
    ...["right", "right", "rightAfterQuestions", "wrong", "wrong", "wrong", "failed", "wrong"],
  ]);
  expect(report.baskets).toEqual({ right: 2, rightAfterQuestions: 1, wrong: 4, failed: 1 });
});

test("a piece taken for another is wrong, one not seen is missed, one too many is a ghost", () => {
  expect(report.pieces).toEqual({ expected: 16, asked: 1, wrong: 1, missed: 3, ghosts: 2, ghostsAsked: 1 });
});

test("the page lists each wrong or failed tray with what was expected and its picture", () => {
  const page = markdownOf(report);
  expect(page).toContain("| whole basket right, nothing asked | 2 of 8 (25 %) |");
  expect(page).toContain(
    "- tray 4 (test): 2 pieces; missing kiwi; extra lemon; put right by hand: Kiwi was taken for Lemon",
  );
  expect(page).toContain("expected: pear, kiwi; picture: tray-4.jpg");
  expect(page).toContain("- tray 7 (test): 2 pieces; missing pear, kiwi; waited 20 s");
  expect(page).toContain("| till log equals what lay on the tray | 7 of 8 (87.5 %) |");
  expect(page).toContain("## Till logs that differ\n\n- tray 7 (test): missing pear\n");
  expect(progressLine(trays[0] as TrayResult, 64)).toBe("tray  1/64  right  2 pieces");
  expect(progressLine(trays[6] as TrayResult, 64)).toContain("waited 20 s  TILL DIFFERS: missing pear");
});

const wrongButPaidRight = trays.slice(0, 6);
const proofs: [name: string, results: TrayResult[], strayEntries: number, proved: boolean][] = [
  ["wrong baskets that were put right", wrongButPaidRight, 0, true],
  ["a till log that differs", [...wrongButPaidRight, trays[6] as TrayResult], 0, false],
  ["a failed sale, though its till log is right", [result(1, { failure: "not idle again" })], 0, false],
  ["an entry at the till of no tray", wrongButPaidRight, 1, false],
];

test.each(proofs)("%s: whether that is a proof", (_name, results, strayEntries, proved) => {
  expect(isProved(summarise(results, { ...run, strayEntries }))).toBe(proved);
});
