import type { Decision, Sku } from "@tillsight/contracts";
import type { PrintLook } from "@tillsight/models";
import { describe, expect, it } from "vitest";
import { addLook, fadeSuspicion, findPicture, noSuspicion, questioned } from "./suspicion.js";
import { addFrame, noEvidence } from "./votes.js";

const look = (logOdds: number, of: "print" | "screen" | "label" = "screen"): PrintLook => ({
  logOdds,
  kinds: { print: 0.1, screen: 0.1, label: 0.1, [of]: 0.8 },
});
const after = (...odds: number[]) => odds.reduce((s, x) => addLook(s, look(x)), noSuspicion);
const notice = 0.95;

const cases: [situation: string, odds: number[], suspected: boolean][] = [
  ["never looked at", [], false],
  ["a single look, however clear", [20], false],
  ["two clear looks", [5, 5], true],
  ["one wild look among many honest ones", [-3, -3, -3, -3, 400], false],
  ["one honest look among many clear ones", [6, 6, 6, 6, -3], true],
  ["looks that cannot tell", [0.5, -0.5, 0.2], false],
  ["real goods", [-5, -4, -6], false],
];

describe("an item", () => {
  it.each(cases)("%s", (_situation, odds, suspected) => {
    expect(findPicture(after(...odds), notice, null) !== null).toBe(suspected);
  });

  it("is told by what most likely carries it", () => {
    const suspicion = addLook(addLook(noSuspicion, look(6, "label")), look(6, "label"));
    expect(findPicture(suspicion, notice, null)?.carrier).toBe("label");
  });

  it("stays suspected while its likelihood swings around the limit, and not when it is clearly real", () => {
    const found = findPicture(after(5, 5), notice, null);
    expect(findPicture(after(2, 2), notice, null)).toBeNull();
    expect(findPicture(after(2, 2), notice, found)).not.toBeNull();
    expect(findPicture(after(-3, -3), notice, found)).toBeNull();
  });

  it("turned over after a move is judged by its new side", () => {
    let suspicion = fadeSuspicion(after(...Array(12).fill(-5)));
    for (let i = 0; i < 8; i++) suspicion = addLook(suspicion, look(6));
    expect(findPicture(suspicion, 0.9, null)).not.toBeNull();
  });
});

describe("a decision on a picture of a product", () => {
  const near = [
    { sku: "apple" as Sku, referenceId: "a", score: 0.95 },
    { sku: "pear" as Sku, referenceId: "p", score: 0.7 },
  ];
  const evidence = addFrame(noEvidence, near);
  const finding = { probability: 0.97, carrier: "screen" } as const;
  const byPicture: Decision = { kind: "matched", sku: "apple" as Sku, score: 0.95, by: "picture" };

  it("is asked about, with what it looks like as the first suggestion", () => {
    expect(questioned(byPicture, evidence, finding)).toEqual({
      kind: "unknown",
      best: [
        { sku: "apple", score: 0.95 },
        { sku: "pear", score: 0.7 },
      ],
    });
  });

  it.each<[string, Decision]>([
    ["a barcode", { ...byPicture, by: "barcode" }],
    ["a question that is asked anyway", { kind: "unknown", best: [] }],
  ])("%s is left as it is", (_name, decision) => {
    expect(questioned(decision, evidence, finding)).toBe(decision);
  });

  it("real goods are not asked about", () => {
    expect(questioned(byPicture, evidence, null)).toBe(byPicture);
  });
});
