import type { Product } from "@tillsight/contracts";
import { type KeyboardEvent, useId, useState } from "react";
import { searchProducts } from "../../api/products.js";
import { useHq } from "../hq.js";
import { useLoad, useSettled } from "../use-load.js";

interface Props {
  readonly label: string;
  readonly onPick: (product: Product) => void;
  readonly autoFocus?: boolean;
}

/** Finds one product as one types: a combobox with a list, usable by keyboard alone. */
export function ProductPicker({ label, onPick, autoFocus }: Props) {
  const { t, client, price, locale } = useHq();
  const id = useId();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const search = useSettled(text.trim(), 150);
  const found = useLoad(
    async (signal) =>
      search === "" ? [] : (await searchProducts(client, { search, offset: 0, limit: 8 }, signal)).products,
    search,
  );
  const options = open && search !== "" ? (found.data ?? []) : [];
  const pick = (product: Product | undefined) => {
    if (!product) return;
    setText("");
    setOpen(false);
    onPick(product);
  };
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, () => void> = {
      ArrowDown: () => setAt((n) => Math.min(options.length - 1, n + 1)),
      ArrowUp: () => setAt((n) => Math.max(0, n - 1)),
      Enter: () => pick(options[at]),
      Escape: () => setOpen(false),
    };
    const step = steps[event.key];
    if (!step || (event.key === "Escape" && !open)) return;
    event.preventDefault();
    step();
  };
  return (
    <div className="field picker">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        role="combobox"
        aria-expanded={options.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={options[at] ? `${id}-${at}` : undefined}
        placeholder={t.products.searchHint}
        autoComplete="off"
        spellCheck={false}
        // biome-ignore lint/a11y/noAutofocus: only where picking is what the page is opened for
        autoFocus={autoFocus}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
          setOpen(true);
        }}
        onKeyDown={onKey}
        onBlur={() => setTimeout(() => setOpen(false), 150)}
      />
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={label}
        className="picker-list"
        hidden={options.length === 0}
      >
        {options.map((product, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the keys, as ARIA has it for a combobox
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the input
          <div
            key={product.sku}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => pick(product)}
          >
            <span>{product.names[locale] ?? product.name}</span>
            <code>{product.sku}</code>
            <span className="cell-number">{price(product.price)}</span>
          </div>
        ))}
      </div>
      {search !== "" && found.data?.length === 0 && !found.loading && open && (
        <p className="field-hint">{t.products.nothing(search)}</p>
      )}
    </div>
  );
}
