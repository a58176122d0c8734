import type { Sku } from "@tillsight/contracts";
import type { Ground, HandPose, ItemPose, Light, SkinTone } from "./scene.js";

/** A thing of the script: what it is, and how it lies once it has been put down. */
export interface ScriptItem {
  readonly sku: Sku;
  readonly pose: ItemPose;
  /** What it weighs with packaging, for goods sold by weight; grams. */
  readonly grossGrams: number | null;
}

/** One thing that happens at the tray. `id` is that of an item's pose. */
export type Step =
  /** A hand brings one to three things at once. */
  | { readonly do: "bring"; readonly items: readonly ScriptItem[] }
  | { readonly do: "take"; readonly id: string }
  | { readonly do: "move"; readonly id: string; readonly x: number; readonly y: number }
  | { readonly do: "turn"; readonly id: string; readonly by: number }
  /** A hand comes in, stops over the tray and leaves without touching anything. */
  | { readonly do: "cover"; readonly x: number; readonly y: number; readonly forMs: number }
  | { readonly do: "light"; readonly to: Light; readonly overMs: number }
  /** The shopper looks at the screen until it is calm. */
  | { readonly do: "look" }
  | { readonly do: "wait"; readonly ms: number };

/** Whose hand it is and where it comes from. */
export interface Shopper {
  readonly tone: SkinTone;
  readonly sleeve: string;
  readonly side: "below" | "left" | "right";
  readonly handSize: number;
  readonly grip: HandPose["art"];
}

/** One shopper's visit. Paying and clearing the tray follow the last step. */
export interface TrayScript {
  /** From 1. */
  readonly number: number;
  /** What this tray tries, in a few words, for reports. */
  readonly title: string;
  readonly ground: Ground;
  readonly light: Light;
  readonly shopper: Shopper;
  readonly steps: readonly Step[];
}

/** What lies on the tray; lowest first. */
export type Table = readonly ScriptItem[];

/** The tray after `step`. Moved and turned things come to lie on top: somebody had them in hand. */
export function applyStep(table: Table, step: Step): Table {
  const others = (id: string): Table => table.filter((item) => item.pose.id !== id);
  const changed = (id: string, pose: Partial<ItemPose>): Table => {
    const item = table.find((candidate) => candidate.pose.id === id);
    return item ? [...others(id), { ...item, pose: { ...item.pose, ...pose } }] : table;
  };
  switch (step.do) {
    case "bring":
      return [...table, ...step.items];
    case "take":
      return others(step.id);
    case "move":
      return changed(step.id, { x: step.x, y: step.y });
    case "turn": {
      const turn = table.find((item) => item.pose.id === step.id)?.pose.turn ?? 0;
      return changed(step.id, { turn: (turn + step.by + 360) % 360 });
    }
    default:
      return table;
  }
}

/** What lies there when the shopper pays. */
export const tableAtCheckout = (tray: TrayScript): Table => tray.steps.reduce<Table>(applyStep, []);

/** What the till must have got of a tray: how many of each SKU, and each weight of goods sold by weight. */
export interface ExpectedLine {
  readonly sku: Sku;
  /** Pieces; 1 for each weighed thing, which is a line of its own. */
  readonly quantity: number;
  readonly grossGrams: number | null;
}

/** Sorted by SKU, then weight. */
export function expectedLines(tray: TrayScript): ExpectedLine[] {
  const pieces = new Map<Sku, number>();
  const weighed: ExpectedLine[] = [];
  for (const { sku, grossGrams } of tableAtCheckout(tray)) {
    if (grossGrams === null) pieces.set(sku, (pieces.get(sku) ?? 0) + 1);
    else weighed.push({ sku, quantity: 1, grossGrams });
  }
  const counted = [...pieces].map(([sku, quantity]) => ({ sku, quantity, grossGrams: null }));
  return [...counted, ...weighed].sort(
    (a, b) => a.sku.localeCompare(b.sku) || (a.grossGrams ?? 0) - (b.grossGrams ?? 0),
  );
}
