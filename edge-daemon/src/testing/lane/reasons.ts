import type { Compared, DecisionReason, LineItem, Sku } from "@tillsight/contracts";

const compared = (sku: Sku, score: number, probability: number): Compared => ({
  ...{ sku, referenceId: `${sku}-2`, score, probability },
});

/** What recognition would say of a line's item, for pages to show. */
export function reasonFor({ sku, candidates, source }: LineItem): DecisionReason {
  const rest = { needed: 0.98, frames: 4 };
  const [first, second] = candidates;
  if (sku)
    return {
      ...{ because: source === "barcode" ? "barcode" : "sure", ...rest, none: 0.003 },
      ...{ first: compared(sku, 0.93, 0.994), second: compared("pretzel" as Sku, 0.71, 0.003) },
    };
  if (first && second)
    return {
      ...{ because: "alike", ...rest, none: 0.04 },
      ...{ first: compared(first.sku, 0.88, 0.61), second: compared(second.sku, 0.86, 0.35) },
    };
  return {
    ...{ because: "strange", ...rest, none: 0.91 },
    ...{ first: compared("cola" as Sku, 0.52, 0.06), second: compared("water" as Sku, 0.49, 0.03) },
  };
}
