import {
  type Basket,
  type LaneNotice,
  type LaneView,
  type LineItem,
  money,
  type TransactionId,
  type TrayItem,
} from "@tillsight/contracts";
import { cardOf, goods, lineOf, numberedId } from "./goods.js";
import { reasonFor } from "./reasons.js";

const width = 1280;
const height = 960;

/** Places items on a grid, as the tray items that the lines follow. */
function trayItems(lines: readonly LineItem[]): TrayItem[] {
  const columns = lines.length > 6 ? 4 : 3;
  const cell = width / columns;
  const rows = Math.max(2, Math.ceil(lines.length / columns));
  return lines.map((line, i) => {
    const size = Math.min(cell, height / rows) * 0.62;
    const x = (i % columns) * cell + (cell - size) / 2 + ((i * 37) % 40) - 20;
    const y = Math.floor(i / columns) * (height / rows) + (height / rows - size) / 2 + ((i * 53) % 30) - 15;
    const decision: TrayItem["decision"] = line.sku
      ? {
          kind: "matched",
          sku: line.sku,
          score: 0.91 - i * 0.01,
          by: line.source === "barcode" ? "barcode" : "picture",
        }
      : line.candidates.length > 1
        ? { kind: "ambiguous", candidates: line.candidates.slice(0, 4) }
        : { kind: "unknown", best: [] };
    const box = { x, y, w: size * 1.15, h: size };
    const why = reasonFor(line);
    return { id: line.trayItemId ?? `t${i}`, box, detection: 0.95, occluded: false, decision, why };
  });
}

/** A complete view of a lane with these lines. */
export function viewOf(
  lines: LineItem[],
  extra: Partial<Omit<LaneView, "basket">> & { basket?: Partial<Basket> } = {},
): LaneView {
  const { basket, ...rest } = extra;
  const currency = basket?.currency ?? "EUR";
  const minor = lines.filter((l) => l.till !== "voided").reduce((sum, l) => sum + l.total.minor, 0);
  return {
    storeName: "Markthalle am Fluss",
    basket: {
      transactionId: lines.length > 0 ? (numberedId(900) as TransactionId) : null,
      status: lines.length > 0 ? "shopping" : "idle",
      lines,
      total: money(minor, currency),
      helpWanted: false,
      ...basket,
      currency,
    },
    tray: { seq: 1, phase: "settled", width, height, items: trayItems(lines) },
    notices: [],
    cards: Object.keys(goods).map((key) => cardOf(key, currency)),
    tillConnected: true,
    ...rest,
  };
}

const notice = (code: string, severity: LaneNotice["severity"], text: string, fix: string): LaneNotice => ({
  code,
  severity,
  text,
  fix,
});

const pictureNotice: LaneNotice = {
  ...notice(
    "PICTURE_OF_PRODUCT",
    "warning",
    "An item on the tray looks like a picture of a product on a screen (97 %)",
    "Look at the item: take it off the tray, or say what it is.",
  ),
  picture: "/items/item-5.jpg",
};

const some = (currency = "EUR"): LineItem[] =>
  ["apple", "apple", "croissant", "cola"].map((sku, i) => lineOf(i + 1, currency, { sku }));
const at = (till: LineItem["till"][]): LineItem[] =>
  some().map((line, i) => ({ ...line, till: till[i] ?? "queued" }));
const faultTray = { seq: 2, phase: "cameraFault", width: 0, height: 0, items: [] } as const;

/** Situations that a page must show well, by name; each is made anew for each use. */
export const scenarios = {
  empty: () => viewOf([]),
  shopping: () => viewOf(some()),
  choice: () =>
    viewOf([
      ...some(),
      lineOf(5, "EUR", { candidates: ["croissant", "pretzel", "granola"] }),
      lineOf(6, "EUR", { candidates: [] }),
    ]),
  "picture-of-product": () =>
    viewOf([...some(), lineOf(5, "EUR", { candidates: [] })], { notices: [pictureNotice] }),
  moving: () => {
    const view = viewOf(some());
    const items = view.tray.items.map((item, i) => ({ ...item, occluded: i === 1 }));
    return { ...view, tray: { ...view.tray, phase: "moving" as const, items } };
  },
  "long-names": () =>
    viewOf(["granola", "donaudampf", "granola", "apple"].map((sku, i) => lineOf(i + 1, "EUR", { sku }))),
  full: () =>
    viewOf(
      [
        "apple",
        "apple",
        "croissant",
        "cola",
        "water",
        "pretzel",
        "granola",
        "apple",
        "water",
        "cola",
        "croissant",
        "donaudampf",
      ].map((sku, i) => lineOf(i + 1, "EUR", { sku })),
    ),
  yen: () => viewOf(some("JPY"), { basket: { currency: "JPY" } }),
  staff: () =>
    viewOf([...some(), lineOf(5, "EUR", { sku: "wine" }), lineOf(6, "EUR", { sku: "banana" })], {
      basket: { helpWanted: true },
    }),
  paying: () => viewOf(at(["settled", "settled", "queued", "queued"]), { basket: { status: "paying" } }),
  doubt: () => viewOf(at(["settled", "inDoubt", "refused", "queued"]), { basket: { status: "paying" } }),
  done: () => viewOf(at(["settled", "settled", "settled", "settled"]), { basket: { status: "done" } }),
  cancelled: () => viewOf([], { basket: { status: "cancelled" } }),
  suspended: () => viewOf(some(), { basket: { status: "suspended" } }),
  "till-offline": () =>
    viewOf(some(), {
      tillConnected: false,
      notices: [
        notice(
          "TILL_OFFLINE",
          "warning",
          "the till does not answer",
          "Check the cable to the till and that it is switched on.",
        ),
      ],
    }),
  "camera-fault": () =>
    viewOf([], {
      tray: { ...faultTray, items: [] },
      notices: [
        notice(
          "CAMERA_GONE",
          "fault",
          "the camera is unplugged",
          "Plug the camera in again; the lane goes on by itself.",
        ),
      ],
    }),
} satisfies Record<string, () => LaneView>;

export type ScenarioName = keyof typeof scenarios;
