import { type LaneView, type LineItem, money, type Sku, type TrayItem } from "@tillsight/contracts";
import { reconnectDelay } from "@tillsight/look";
import { describe, expect, it } from "vitest";
import { de } from "../i18n/de.js";
import { en } from "../i18n/en.js";
import { pickLocale } from "../i18n/index.js";
import { readMessage } from "../lane/lane-link.js";
import { attendantTasks } from "./attendant-tasks.js";
import { groupLines } from "./group-lines.js";
import { inPercent, itemLook, offersFor, reasonOf } from "./item-look.js";
import { payBlock } from "./pay-block.js";
import { payProgress, pictureWanted, screenOf } from "./screen.js";

let n = 0;
const line = (extra: Partial<LineItem> = {}): LineItem => ({
  id: `l${n++}` as LineItem["id"],
  trayItemId: "t1",
  sku: "apple" as Sku,
  name: "Apple",
  unit: "each",
  quantity: 1,
  grams: null,
  unitPrice: money(69, "EUR"),
  taxRateBp: 0,
  total: money(69, "EUR"),
  source: "picture",
  need: "none",
  candidates: [],
  minAge: null,
  till: "none",
  ...extra,
});
const view = (lines: LineItem[], extra: Partial<LaneView> = {}): LaneView => ({
  storeName: "S",
  basket: {
    transactionId: null,
    status: "shopping",
    currency: "EUR",
    lines,
    total: money(0, "EUR"),
    helpWanted: false,
  },
  tray: { seq: 0, phase: "settled", width: 4, height: 3, items: [] },
  notices: [],
  cards: [],
  tillConnected: true,
  ...extra,
});
const phase = (p: LaneView["tray"]["phase"]) => ({
  tray: { seq: 0, phase: p, width: 0, height: 0, items: [] },
});

describe("rows of the basket", () => {
  const cases: [situation: string, lines: LineItem[], want: string[]][] = [
    ["an empty basket", [], []],
    ["the same item twice", [line(), line()], ["2:138"]],
    [
      "at another price",
      [line(), line({ unitPrice: money(59, "EUR"), total: money(59, "EUR") })],
      ["1:69", "1:59"],
    ],
    ["one of them voided", [line(), line({ till: "voided" })], ["1:69", "1:69"]],
    ["two that wait for an answer", [line({ need: "choice" }), line({ need: "choice" })], ["1:69", "1:69"]],
    [
      "added by hand beside the tray's",
      [line(), line({ trayItemId: null, quantity: 3, total: money(207, "EUR") })],
      ["1:69", "3:207"],
    ],
    ["two bags by weight", [line({ unit: "weight" }), line({ unit: "weight" })], ["1:69", "1:69"]],
    [
      "a question comes first",
      [line({ total: money(1, "EUR") }), line({ need: "identification" })],
      ["1:69", "1:1"],
    ],
    [
      "an age check keeps its place",
      [line({ total: money(1, "EUR") }), line({ need: "ageApproval" })],
      ["1:1", "1:69"],
    ],
  ];
  it.each(cases)("%s", (_situation, lines, want) => {
    expect(groupLines(lines).map((g) => `${g.quantity}:${g.total.minor}`)).toEqual(want);
  });
});

describe("what stands before paying", () => {
  const cases: [situation: string, view: LaneView, want: string | null][] = [
    ["nothing", view([line()]), null],
    ["no goods", view([]), "empty"],
    ["voided goods only", view([line({ till: "voided" })]), "empty"],
    ["a voided question", view([line(), line({ need: "choice", till: "voided" })]), null],
    ["a choice before a weight", view([line({ need: "weight" }), line({ need: "choice" })]), "choice"],
    ["an age check", view([line({ need: "ageApproval" })]), "ageApproval"],
    ["a camera at fault", view([line()], phase("cameraFault")), "camera"],
    ["a hand over the tray", view([line()], phase("moving")), "moving"],
    ["a question while a hand is there", view([line({ need: "choice" })], phase("moving")), "choice"],
    ["no till", view([line()], { tillConnected: false }), "till"],
  ];
  it.each(cases)("%s", (_situation, of, want) => {
    expect(payBlock(of)?.why ?? null).toBe(want);
  });

  it.each([en, de])("is said in $languageName for every reason, one or many", (t) => {
    const some = line();
    for (const why of ["empty", "moving", "camera", "till"] as const)
      expect(t.payBlocked({ why })).not.toBe("");
    for (const why of ["choice", "identification", "weight", "ageApproval"] as const)
      for (const count of [1, 2]) expect(t.payBlocked({ why, line: some, count })).not.toMatch(/undefined/);
  });
});

describe("an item's box", () => {
  const item = (decision: TrayItem["decision"], extra: Partial<TrayItem> = {}): TrayItem => ({
    id: "t1",
    box: { x: 0, y: 0, w: 1, h: 1 },
    detection: 0.9,
    occluded: false,
    decision,
    ...extra,
  });
  const sku = "apple" as Sku;
  const matched = { kind: "matched", sku, score: 0.8, by: "picture" } as const;
  const pair = [
    { sku, score: 0.7 },
    { sku: "pear" as Sku, score: 0.6 },
  ];
  const ambiguous = { kind: "ambiguous", candidates: pair } as const;
  const open = (need: LineItem["need"]) => [line({ sku: null, need })];
  const cases: [situation: string, item: TrayItem, lines: LineItem[], state: string, name: string | null][] =
    [
      ["matched, no line yet", item(matched), [], "matched", "apple"],
      ["matched with its line", item(matched), [line()], "matched", "Apple"],
      ["ambiguous", item({ ...ambiguous, candidates: [...pair] }), open("choice"), "choice", null],
      ["ambiguous but answered", item({ ...ambiguous, candidates: [...pair] }), [line()], "matched", "Apple"],
      ["unknown", item({ kind: "unknown", best: [] }), open("identification"), "unknown", null],
      ["covered", item(matched, { occluded: true }), [line()], "occluded", "Apple"],
    ];
  it.each(cases)("%s", (_situation, of, lines, state, name) => {
    expect(itemLook(of, lines, {})).toMatchObject({ state, name });
  });

  it("knows why its line is what it is, as long as it lies there", () => {
    const why = {
      ...{ because: "alike" as const, first: null, second: null, none: 0.1, needed: 0.99, frames: 3 },
    } as const;
    const seen = item(matched, { why });
    expect(reasonOf(line(), [seen])).toBe(why);
    expect(reasonOf(line({ trayItemId: null }), [seen])).toBeNull();
  });

  it.each([
    [0, "0 %"],
    [0.004, "< 1 %"],
    [0.5, "50 %"],
    [0.9997, "> 99 %"],
    [1, "100 %"],
  ])("says %d as %s, and never rounds doubt away", (probability, text) => {
    expect(inPercent(probability).replaceAll("\u00a0", " ")).toBe(text);
  });

  it("offers both sides of a conflict between barcode and picture", () => {
    const gtin = "4006381333931" as never;
    const conflict = item({ kind: "conflict", gtin, barcodeSku: sku, pictureSku: "pear" as Sku });
    expect(offersFor(line({ sku: null, need: "choice" }), [conflict])).toEqual(["apple", "pear"]);
  });
});

describe("what fills the page", () => {
  it("never is a picture without a live camera and a live connection", () => {
    const live = { link: "live", view: view([]) } as const;
    expect(pictureWanted(live)).toBe(true);
    expect(pictureWanted({ ...live, link: "lost" })).toBe(false);
    expect(pictureWanted({ ...live, view: view([], phase("cameraFault")) })).toBe(false);
    expect(screenOf({ ...live, link: "lost" })).toBe("lost");
    expect(screenOf({ link: "live", view: null })).toBe("connecting");
  });

  it("counts the lines at the till, those in doubt apart and voided ones not at all", () => {
    const lines = (["settled", "inDoubt", "queued", "refused", "voided"] as const).map((till) =>
      line({ till }),
    );
    expect(payProgress(view(lines).basket)).toEqual({ settled: 1, all: 4, stuck: 2 });
    expect(attendantTasks(view(lines).basket).map((t) => t.kind)).toEqual(["doubt", "refused"]);
  });
});

describe("the border to the lane", () => {
  it.each(["", "{", "null", '{"type":"tray"}', '{"type":"snapshot","seq":0}'])(
    "does not believe %j",
    (text) => {
      expect(readMessage(text)).toBeNull();
    },
  );

  it("tries again sooner at first, at least every 3.6 seconds later", () => {
    expect([0, 1, 2, 3, 4, 50].map((f) => reconnectDelay(f, () => 0.5))).toEqual([
      250, 500, 1000, 2000, 3000, 3000,
    ]);
    expect(reconnectDelay(9, () => 1)).toBe(3600);
  });

  it.each([
    [["de-AT", "en"], "de"],
    [[null, "fr", "DE"], "de"],
    [["fr"], "en"],
    [[], "en"],
  ])("speaks the first wanted language that it knows: %j", (wanted, locale) => {
    expect(pickLocale(wanted)).toBe(locale);
  });
});
