import type { Money } from "@tillsight/contracts";
import { formatMoney } from "@tillsight/contracts";
import { createContext, useContext } from "react";
import { languages, type Strings } from "../i18n/index.js";
import type { Lane } from "./use-lane.js";

/** Null only outside the page itself. */
export const LaneContext = createContext<Lane | null>(null);

export interface Ui extends Lane {
  readonly t: Strings;
  readonly price: (amount: Money) => string;
}

/** The lane, with texts and prices in the shopper's language. */
export function useUi(): Ui {
  const lane = useContext(LaneContext);
  if (!lane) throw new TypeError("useUi belongs inside LaneContext");
  const { locale } = lane.state;
  return { ...lane, t: languages[locale], price: (amount) => formatMoney(amount, locale) };
}
