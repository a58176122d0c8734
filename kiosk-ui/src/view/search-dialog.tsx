import type { LineItem, Product } from "@tillsight/contracts";
import { useEffect, useId, useState } from "react";
import { searchProducts } from "../lane/queries.js";
import { inLanguage } from "../state/in-language.js";
import { useUi } from "./lane-context.js";
import { LetterPad } from "./letter-pad.js";
import { ProductTile } from "./product-tile.js";
import { Sheet } from "./sheet.js";

const typingPauseMs = 150;

function useProducts(text: string): Product[] | null {
  const [found, setFound] = useState<Product[] | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      const products = await searchProducts(text, stop.signal);
      if (!stop.signal.aborted) setFound(products);
    }, typingPauseMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return found;
}

/** Names an item that recognition could not, or adds one by hand when `line` is null. */
export function SearchDialog({ line }: { line: LineItem | null }) {
  const { t, act, state } = useUi();
  const [text, setText] = useState("");
  const found = useProducts(text);
  const field = useId();
  const pick = ({ sku }: Product) =>
    act(line ? { do: "resolve", line: line.id, sku } : { do: "addSku", sku, quantity: 1 });
  return (
    <Sheet title={t.searchTitle}>
      <label className="field" htmlFor={field}>
        <span>{t.searchLabel}</span>
        <input
          id={field}
          type="search"
          data-first
          autoComplete="off"
          spellCheck={false}
          maxLength={60}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>
      <LetterPad onType={(change) => setText((now) => change(now).slice(0, 60))} />
      {found?.length === 0 && <p className="found-none">{t.nothingFound}</p>}
      <ul className="tiles found" aria-live="polite">
        {found?.map((product) => (
          <li key={product.sku}>
            <ProductTile product={inLanguage(product, state.locale)} onPick={() => pick(product)} />
          </li>
        ))}
      </ul>
    </Sheet>
  );
}
