import type { Sku } from "@tillsight/contracts";
import { expect, test } from "vitest";
import type { SoldPiece } from "./compare.js";
import { markdownOf, progressLine, summarise, type TrayResult, verdictOf } from "./tray-report.js";

const piece = (sku: string): SoldPiece => ({ sku: sku as Sku, grams: null, minor: 100, taxRateBp: 700 });
const asked = (about: "choice" | "identification" | "weight" | "ageApproval" | "ghost") => ({
  ...{ about, truth: about === "ghost" ? null : ("pear" as Sku), offered: [] },
});

function result(number: number, changes: Partial<TrayResult>): TrayResult {
  const expected = [piece("pear"), piece("kiwi")];
  const base = {
    expected,
    sold: expected,
    missing: [],
    extra: [],
    totalRight: true,
    asked: [],
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
  result(4, { missing: [piece("kiwi")], extra: [piece("lemon")], totalRight: false, picture: "tray-4.jpg" }),
  result(5, { missing: [piece("kiwi")], totalRight: false }),
  result(6, { extra: [piece("lemon"), piece("lemon")], totalRight: false }),
  result(7, { missing: [piece("pear"), piece("kiwi")], totalRight: false, failure: "waited 20 s" }),
  result(8, { totalRight: false }),
];
const report = summarise(trays, { seed: 1, machine: "a machine", at: "2026-01-01T00:00:00Z", seconds: 60 });

test("weighing and an age check are no questions of recognition; a wrong total is a wrong basket", () => {
  expect(trays.map((tray) => tray.verdict)).toEqual([
    ...["right", "right", "rightAfterQuestions", "wrong", "wrong", "wrong", "failed", "wrong"],
  ]);
  expect(report.baskets).toEqual({ right: 2, rightAfterQuestions: 1, wrong: 4, failed: 1 });
});

test("a piece sold as another is wrong, one not sold is missed, one too many is a ghost", () => {
  expect(report.pieces).toEqual({ expected: 16, asked: 1, wrong: 1, missed: 3, ghosts: 2, ghostsAsked: 1 });
});

test("the page lists each wrong or failed tray with what was expected and its picture", () => {
  const page = markdownOf(report);
  expect(page).toContain("| whole basket right, nothing asked | 2 of 8 (25 %) |");
  expect(page).toContain("- tray 4 (test): 2 pieces; missing kiwi; extra lemon; total differs");
  expect(page).toContain("expected: pear, kiwi; picture: tray-4.jpg");
  expect(page).toContain("- tray 7 (test): 2 pieces; missing pear, kiwi; waited 20 s");
  expect(progressLine(trays[0] as TrayResult, 64)).toBe("tray  1/64  right  2 pieces");
});
