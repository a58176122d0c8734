import { type Decision, Sku } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import type { TrayResult } from "./measure.js";
import { verdictOf } from "./verdict.js";

type Found = TrayResult["found"][number];
const sku = (name: string): Sku => Sku.parse(name);
const at = (x: number) => ({ x, y: 0, w: 10, h: 10 });
const truth = (...names: string[]): TrayResult["truth"] =>
  names.map((name, i) => ({ sku: sku(name), box: at(40 * i), visible: 1 }));

function found(x: number, best: string, decision: Decision): Found {
  const vote = { sku: sku(best), score: 0.9, support: 0.9, referenceId: "r", best: 0.9 };
  const item = { detection: { box: at(x), score: 0.9 }, evidence: { frames: 1, votes: [vote] }, decision };
  return { ...item, vector: new Float32Array(), barcodes: [] } as unknown as Found;
}
const matched = (name: string): Decision => ({ kind: "matched", sku: sku(name), score: 0.9, by: "picture" });
const asked = (...names: string[]): Decision => ({
  kind: "ambiguous",
  candidates: names.map((name) => ({ sku: sku(name), score: 0.8 })),
});
const unknown: Decision = { kind: "unknown", best: [] };

const plan = { items: 2, crowding: "apart", hand: false } as const;
const judge = (lies: TrayResult["truth"], ...boxes: Found[]) =>
  verdictOf({ plan, truth: lies, found: boxes, detections: [] });

describe("one tray", () => {
  it("is right when every item and count is, wherever two of a kind lie", () => {
    const v = judge(truth("a", "a"), found(0, "a", matched("a")), found(40, "a", matched("a")));
    expect([v.bestRight, v.decidedRight, v.answeredRight, v.countingError, v.failures]).toEqual([
      true,
      true,
      true,
      0,
      [],
    ]);
  });

  it("is right after the question that holds the truth is answered", () => {
    const v = judge(truth("a", "b"), found(0, "a", matched("a")), found(40, "c", asked("c", "b")));
    expect([v.bestRight, v.decidedRight, v.answeredRight, v.countingError]).toEqual([false, false, true, 2]);
    expect([v.asked, v.failures]).toEqual([1, []]);
  });

  const failures: [name: string, boxes: Found[], want: string[], answered: boolean][] = [
    [
      "a wrong line",
      [found(0, "a", matched("b")), found(40, "b", matched("b"))],
      ["sold as something else"],
      false,
    ],
    [
      "a question without the truth",
      [found(0, "c", asked("c", "d")), found(40, "b", matched("b"))],
      ["asked, without the truth"],
      false,
    ],
    ["an unknown item", [found(0, "a", unknown), found(40, "b", matched("b"))], ["not known"], false],
    ["a missed item", [found(0, "a", matched("a"))], ["missed"], false],
    [
      "a line for nothing",
      [found(0, "a", matched("a")), found(40, "b", matched("b")), found(90, "a", matched("a"))],
      ["sold, though nothing is there"],
      false,
    ],
  ];
  it.each(failures)("%s", (_, boxes, want, answered) => {
    const v = judge(truth("a", "b"), ...boxes);
    expect(v.failures).toEqual(want);
    expect(v.answeredRight).toBe(answered);
  });

  it("an item that was seen below the threshold is missed, and said to have been seen", () => {
    const detections = [
      { box: at(0), score: 0.9 },
      { box: at(40), score: 0.1 },
    ];
    const found1 = [found(0, "a", matched("a"))];
    expect(verdictOf({ plan, truth: truth("a", "b"), found: found1, detections }).missed).toEqual([
      { sku: "b", below: true },
    ]);
    expect(judge(truth("a", "b"), ...found1).missed).toEqual([{ sku: "b", below: false }]);
  });

  it("two wrong lines that make the counts right are told apart from a right tray", () => {
    const v = judge(truth("a", "b"), found(0, "b", matched("b")), found(40, "a", matched("a")));
    expect([v.bestRight, v.mistakes.length]).toEqual([true, 2]);
  });
});
