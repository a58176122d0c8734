import type { LaneNotice } from "@tillsight/contracts";
import type { LineSinkCapabilities } from "../../ports/line-sink.js";
import { type BasketState, type LineState, tillStateOf } from "./state.js";

const nameOf = (line: LineState) => line.product?.name ?? "an item";

function lineNotice(line: LineState): LaneNotice[] {
  const reason = line.pieces.find((p) => p.state === "refused" || p.state === "inDoubt")?.reason;
  const why = reason ? ` (${reason})` : "";
  const till = tillStateOf(line);
  if (till === "inDoubt")
    return [
      {
        code: "LINE_IN_DOUBT",
        severity: "warning",
        text: `It is not known whether the till has ${nameOf(line)}${why}`,
        fix: "Look at the last line on the till: nothing was sent after it. Then say whether it is there.",
      },
    ];
  if (till === "refused")
    return [
      {
        code: "LINE_REFUSED",
        severity: "warning",
        text: `The till does not take ${nameOf(line)}${why}`,
        fix: "Correct the article at the till and retry the line, or void it.",
      },
    ];
  const byHand = line.voided?.piecesByHand ?? 0;
  if (byHand === 0) return [];
  return [
    {
      code: "VOID_AT_TILL",
      severity: "warning",
      text: `${byHand} x ${nameOf(line)} is void here but still on the till`,
      fix: "Void it at the till by hand: this till cannot be told.",
    },
  ];
}

function weightNotice(
  { status, lines }: BasketState,
  can: Pick<LineSinkCapabilities, "weight">,
): LaneNotice[] {
  const names = lines.flatMap(({ product }) => (product?.unit === "weight" ? [product.name] : []));
  if (can.weight || status !== "shopping" || names.length === 0) return [];
  return [
    {
      code: "WEIGHT_NOT_FOR_TILL",
      severity: "warning",
      text: `Sold by weight, which this till cannot be told: ${names.join(", ")}`,
      fix: "Void it here and sell it at the till by hand.",
    },
  ];
}

/** What an attendant must know about the basket, at a till that can be told this much. */
export function basketNotices(state: BasketState, can: Pick<LineSinkCapabilities, "weight">): LaneNotice[] {
  const notices = [...state.lines.flatMap(lineNotice), ...weightNotice(state, can)];
  const total = state.totalMessage;
  if (total?.state === "refused" || total?.state === "inDoubt")
    notices.push({
      code: "TOTAL_REFUSED",
      severity: "warning",
      text: `The till does not confirm the total (${total.reason ?? "no reason given"})`,
      fix: "Compare the till's lines with the basket, then retry the total or void what is wrong.",
    });
  return notices;
}
