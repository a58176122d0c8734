import type { Sku } from "@tillsight/contracts";
import { type AnalysedItem, addFrame, noEvidence } from "@tillsight/edge-daemon";
import { expect, it } from "vitest";
import { agreementOn, type Seen } from "./agreement.js";

const item = (sku: string, x: number, number = 0.5): AnalysedItem => ({
  detection: { box: { x, y: 10, w: 50, h: 50 }, score: 0.9 },
  vector: Float32Array.of(number, 0.1),
  evidence: addFrame(noEvidence, [{ sku: sku as Sku, referenceId: "r", score: 0.9 }]),
  barcodes: [],
  why: { because: "sure", first: null, second: null, none: null, needed: 0.9, frames: 1 },
  decision: { kind: "matched", sku: sku as Sku, score: 0.9, by: "picture" },
});
const look = (logOdds: number) => ({ logOdds, kinds: { print: 1, screen: 0, label: 0 } });
const seen = (items: AnalysedItem[], odds: number[] = []): Seen => ({ items, looks: odds.map(look) });

it("the same answers agree wholly, in whatever order they come", () => {
  const cpu = seen([item("a", 10), item("b", 200)], [1, 2]);
  const other = seen([item("b", 200), item("a", 10)], [2, 1]);
  expect(agreementOn(cpu, other)).toEqual({
    ...{ items: 2, onlyOne: 0, box: 0, embedding: 0, sameNearest: 2, sameDecision: 2, logOdds: 0 },
  });
});

it("each difference is seen at its worst", () => {
  const cpu = seen([item("a", 10), item("b", 200)], [1, 2]);
  const other = seen([item("a", 12, 0.75), item("c", 200)], [1.5, 2]);
  expect(agreementOn(cpu, other)).toEqual({
    ...{ items: 2, onlyOne: 0, box: 2, embedding: 0.25, sameNearest: 1, sameDecision: 1, logOdds: 0.5 },
  });
});

it("items that only one of the two sees count against it, whichever it is", () => {
  expect(agreementOn(seen([item("a", 10)]), seen([item("a", 300)]))).toMatchObject({ items: 2, onlyOne: 2 });
});
