import type { Decision, Gtin, Sku } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import { type BarcodeSeen, decide, decisionKey, type Held, hold } from "./decide.js";
import { addFrame, type Evidence, fade, type NearReference, noEvidence } from "./votes.js";

const t = { match: 0.8, ambiguous: 0.6, margin: 0.05 };
const ref = (sku: string, score: number, n = 1): NearReference => ({
  sku: sku as Sku,
  referenceId: `${sku}-${n}`,
  score,
});
const evidence = (...near: NearReference[]): Evidence => addFrame(noEvidence, near);
const code = (gtin: string, sku: string | null): BarcodeSeen => ({
  gtin: gtin as Gtin,
  sku: sku as Sku | null,
});

const cases: [name: string, near: NearReference[], codes: BarcodeSeen[], want: string][] = [
  ["nothing near, no barcode", [], [], "unknown"],
  ["alone and near enough", [ref("a", 0.8)], [], "matched a"],
  ["near enough and well ahead", [ref("a", 0.9), ref("b", 0.84)], [], "matched a"],
  ["near enough but a rival close behind", [ref("a", 0.9), ref("b", 0.86)], [], "ambiguous a b"],
  ["a little too far: both are shown", [ref("a", 0.7), ref("b", 0.62)], [], "ambiguous a b"],
  ["too far, rival below the threshold but close", [ref("a", 0.7), ref("b", 0.58)], [], "ambiguous a b"],
  ["too far and nothing comparable", [ref("a", 0.7), ref("b", 0.3)], [], "unknown"],
  ["too far and alone", [ref("a", 0.7)], [], "unknown"],
  ["below everything", [ref("a", 0.59), ref("b", 0.58)], [], "unknown"],
  [
    "five rivals: four are shown",
    ["a", "b", "c", "d", "e"].map((s, i) => ref(s, 0.9 - i * 0.01)),
    [],
    "ambiguous a b c d",
  ],
  [
    "several references of one product are one candidate",
    [ref("a", 0.9), ref("a", 0.89, 2), ref("b", 0.7)],
    [],
    "matched a",
  ],
  [
    "one stray reference against three steady ones",
    [ref("b", 0.9), ref("a", 0.89), ref("a", 0.89, 2), ref("b", 0.5, 2), ref("b", 0.4, 3)],
    [],
    "matched a",
  ],
  ["a barcode where the picture says nothing", [], [code("4006381333931", "a")], "matched a"],
  [
    "a barcode settles what the picture leaves open",
    [ref("a", 0.9), ref("b", 0.89)],
    [code("4006381333931", "b")],
    "matched b",
  ],
  ["a barcode that agrees", [ref("a", 0.9)], [code("4006381333931", "a")], "matched a"],
  ["a barcode against a confident picture", [ref("a", 0.9)], [code("4006381333931", "b")], "conflict b a"],
  ["a barcode that is not sold here", [ref("a", 0.9)], [code("4006381333931", null)], "matched a"],
  [
    "barcodes of two products, picture open",
    [ref("a", 0.5)],
    [code("4006381333931", "a"), code("96385074", "b")],
    "ambiguous a b",
  ],
  [
    "barcodes of two products, one agrees",
    [ref("b", 0.9)],
    [code("4006381333931", "a"), code("96385074", "b")],
    "matched b",
  ],
];

describe("what is said of an item", () => {
  it.each(cases)("%s", (_name, near, codes, want) => {
    expect(decisionKey(decide(evidence(...near), codes, t))).toBe(want);
  });

  it("says by what it was matched", () => {
    const by = (d: Decision) => d.kind === "matched" && d.by;
    expect(by(decide(evidence(ref("a", 0.9)), [], t))).toBe("picture");
    expect(by(decide(evidence(ref("a", 0.9)), [code("4006381333931", "a")], t))).toBe("barcode");
  });
});

describe("votes over frames", () => {
  it("average out one bad picture", () => {
    let seen = noEvidence;
    for (let i = 0; i < 5; i++) seen = addFrame(seen, [ref("a", 0.9), ref("b", 0.6)]);
    seen = addFrame(seen, [ref("b", 0.88), ref("a", 0.7)]);
    expect(seen.votes.map((v) => v.sku)).toEqual(["a", "b"]);
    expect(seen.votes[0]?.score).toBeCloseTo((5 * 0.9 + 0.7) / 6, 6);
  });

  it("count a product that is not among the nearest with the last of them", () => {
    const seen = addFrame(evidence(ref("a", 0.9), ref("b", 0.8)), [ref("b", 0.8), ref("c", 0.5)]);
    expect(seen.votes.find((v) => v.sku === "a")?.score).toBeCloseTo(0.7, 6);
  });

  it("remember which reference was nearest", () => {
    const seen = addFrame(evidence(ref("a", 0.8, 1)), [ref("a", 0.9, 2)]);
    expect(seen.votes[0]).toMatchObject({ referenceId: "a-2", best: 0.9 });
    expect(addFrame(seen, [ref("a", 0.7, 3)]).votes[0]?.referenceId).toBe("a-2");
  });

  it("weigh less after the tray moved, so another side is learned quickly", () => {
    let seen = noEvidence;
    for (let i = 0; i < 12; i++) seen = addFrame(seen, [ref("a", 0.9), ref("b", 0.3)]);
    let moved = fade(seen);
    for (let i = 0; i < 4; i++) {
      seen = addFrame(seen, [ref("b", 0.9), ref("a", 0.3)]);
      moved = addFrame(moved, [ref("b", 0.9), ref("a", 0.3)]);
    }
    expect([seen.votes[0]?.sku, moved.votes[0]?.sku]).toEqual(["a", "b"]);
  });
});

const matched = (sku: string, by: "picture" | "barcode" = "picture"): Decision => ({
  kind: "matched",
  sku: sku as Sku,
  score: 0.9,
  by,
});
const unknown: Decision = { kind: "unknown", best: [] };
const ambiguous: Decision = {
  kind: "ambiguous",
  candidates: [
    { sku: "a" as Sku, score: 0.7 },
    { sku: "b" as Sku, score: 0.7 },
  ],
};
const conflict: Decision = {
  kind: "conflict",
  gtin: "4006381333931" as Gtin,
  barcodeSku: "b" as Sku,
  pictureSku: "a" as Sku,
};

describe("what is held of an item", () => {
  const needed: [name: string, held: Decision, fresh: Decision, frames: number][] = [
    ["a match pushes out not knowing", unknown, matched("a"), 2],
    ["doubt replaces not knowing", unknown, ambiguous, 4],
    ["another match pushes out a match", matched("a"), matched("b"), 4],
    ["doubt pushes out a match last", matched("a"), ambiguous, 8],
    ["so does not knowing", matched("a"), unknown, 8],
    ["a barcode counts at once", matched("a"), matched("b", "barcode"), 1],
    ["so does a contradiction", matched("a"), conflict, 1],
    ["and its end", conflict, matched("a"), 1],
  ];
  it.each(needed)("%s", (_name, first, fresh, frames) => {
    let held: Held | null = { decision: first, challenger: null };
    let count = 0;
    while (held && decisionKey(held.decision) === decisionKey(first) && count < 20) {
      held = hold(held, fresh, 10);
      count++;
    }
    expect(count).toBe(frames);
  });

  it("does not flicker when two answers alternate", () => {
    let held: Held | null = { decision: matched("a"), challenger: null };
    for (let i = 0; i < 40; i++) held = hold(held, i % 2 ? matched("a") : matched("b"), 10);
    expect(held && decisionKey(held.decision)).toBe("matched a");
  });

  it("begins with the second picture, or with a barcode", () => {
    expect(hold(null, matched("a"), 1)).toBeNull();
    expect(hold(null, matched("a"), 2)?.decision).toEqual(matched("a"));
    expect(hold(null, matched("a", "barcode"), 1)?.decision).toEqual(matched("a", "barcode"));
  });
});
