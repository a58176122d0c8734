import type { LaneView, LineItem } from "@tillsight/contracts";

/** Why the shopper cannot pay yet; `line` is where to go on. */
export type PayBlock =
  | { readonly why: "empty" | "moving" | "camera" | "till" }
  | {
      readonly why: "choice" | "identification" | "weight" | "ageApproval";
      readonly line: LineItem;
      readonly count: number;
    };

const needs = ["choice", "identification", "weight", "ageApproval"] as const;

/**
 * The first thing that stands between the shopper and paying, in the order in which it is worth telling: what
 * a shopper can do, then what passes by itself, then what needs staff. Null: nothing does.
 */
export function payBlock(view: Pick<LaneView, "basket" | "tray" | "tillConnected">): PayBlock | null {
  const lines = view.basket.lines.filter((line) => line.till !== "voided");
  // Told before the tray is filled: what cannot be seen or sold need not be unpacked.
  const fault = view.tray.phase === "cameraFault" ? "camera" : view.tillConnected ? null : "till";
  if (lines.length === 0) return { why: fault ?? "empty" };
  for (const why of needs) {
    const open = lines.filter((line) => line.need === why);
    const [line] = open;
    if (line) return { why, line, count: open.length };
  }
  if (fault) return { why: fault };
  return view.tray.phase === "moving" ? { why: "moving" } : null;
}
