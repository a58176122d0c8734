import type { Product } from "@tillsight/contracts";
import { useState } from "react";
import { readDetails } from "../api/products.js";
import { type PriceList, readPriceList } from "../state/price-list.js";
import { instantOf, localText } from "../state/time-text.js";
import { useHq } from "./hq.js";
import type { Wish } from "./pages/prices.js";
import { useRouter } from "./router.js";
import { useLoad } from "./use-load.js";

/** A product and the price that was typed for it. */
export interface Picked {
  readonly product: Product;
  readonly amount: string;
}

/** Where and when, as it is being entered. Times as `datetime-local` has them. */
export interface Reach {
  readonly chain: boolean;
  readonly stores: ReadonlySet<string>;
  readonly timed: boolean;
  readonly from: string;
  readonly until: string;
}

export interface PriceWishUse {
  readonly mode: "pick" | "list";
  readonly setMode: (mode: "pick" | "list") => void;
  readonly picked: readonly Picked[];
  readonly setPicked: (picked: readonly Picked[]) => void;
  readonly add: (product: Product) => void;
  readonly text: string;
  readonly setText: (text: string) => void;
  readonly list: PriceList;
  readonly reach: Reach;
  readonly setReach: (reach: Reach) => void;
  /** Nothing was entered yet. */
  readonly empty: boolean;
  /** Why there can be no preview yet. */
  readonly wrong: "incomplete" | "timeOrder" | null;
  readonly wish: Wish;
}

/** New prices as they are entered. @param last what was entered before, when one comes back from the preview */
export function usePriceWish(last: Wish | null): PriceWishUse {
  const [mode, setMode] = useState<"pick" | "list">(last ? "list" : "pick");
  const [picked, setPicked] = useState<readonly Picked[]>([]);
  const [text, setText] = useState(
    () => last?.lines.map(({ key, amount }) => `${key}\t${amount}`).join("\n") ?? "",
  );
  const [reach, setReach] = useState<Reach>(() => reachOf(last));
  const add = (product: Product) =>
    setPicked((all) =>
      all.some((one) => one.product.sku === product.sku) ? all : [...all, { product, amount: "" }],
    );
  usePreselected(last, add);
  const list = readPriceList(text);
  const lines =
    mode === "list"
      ? list.lines
      : picked.map(({ product, amount }, i) => ({ line: i + 1, key: product.sku, amount }));
  const { chain, stores, timed } = reach;
  const from = timed ? instantOf(reach.from) : null;
  const until = timed ? instantOf(reach.until) : null;
  const incomplete = lines.length === 0 || (!chain && stores.size === 0) || (timed && from === null);
  const wrong = incomplete ? "incomplete" : from && until && until <= from ? "timeOrder" : null;
  return {
    ...{ mode, setMode, picked, setPicked, add, text, setText, list, reach, setReach, wrong },
    empty: lines.length === 0,
    wish: { lines, scope: chain ? null : [...stores], period: from === null ? null : { from, until } },
  };
}

function reachOf(last: Wish | null): Reach {
  const { scope = null, period = null } = last ?? {};
  return {
    ...{ chain: scope === null, stores: new Set(scope ?? []), timed: period !== null },
    from: period ? localText(period.from) : "",
    until: period?.until ? localText(period.until) : "",
  };
}

/** `?sku=` of a link from a product's page. */
function usePreselected(last: Wish | null, add: (product: Product) => void): void {
  const { client } = useHq();
  const { route } = useRouter();
  const sku = last === null ? route.query.get("sku") : null;
  useLoad(async (signal) => {
    if (sku === null) return;
    const product = (await readDetails(client, [sku], signal)).get(sku)?.product;
    if (product && !signal.aborted) add(product);
  }, sku ?? "");
}
