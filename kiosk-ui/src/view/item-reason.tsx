import type { Compared, DecisionReason } from "@tillsight/contracts";
import { inPercent } from "../state/item-look.js";
import { useUi } from "./lane-context.js";

/** In the attendant's panel: what decided about an item, what was nearest and what came second. */
export function ItemReason({ why: { because, first, second, none, weight } }: { why: DecisionReason }) {
  const { state, t } = useUi();
  const name = ({ sku }: Compared) => state.cards[sku]?.name ?? sku;
  const value = ({ probability, score }: Compared) =>
    probability === null ? score.toFixed(2) : inPercent(probability);
  const parts = [
    first && `${name(first)} ${value(first)}`,
    second && `${t.second(name(second))} ${value(second)}`,
    weight && t.weighs(weight.grams),
    none !== null && `${t.notInCatalog} ${inPercent(none)}`,
  ].filter((part) => typeof part === "string");
  return <span className="row-unit">{`${t.because[because]}: ${parts.join(", ")}`}</span>;
}
