import type { Product } from "@tillsight/contracts";
import { useState } from "react";
import { amountText } from "../../state/amount.js";
import { scaled } from "../../state/scale-price.js";
import { useHq } from "../hq.js";
import type { Picked } from "../use-price-wish.js";
import { TextField } from "./field.js";
import { Icon } from "./icon.js";
import { ProductPicker } from "./product-picker.js";

interface PickedProps {
  readonly picked: readonly Picked[];
  readonly onPicked: (picked: readonly Picked[]) => void;
  readonly onAdd: (product: Product) => void;
}

/** New prices one by one, or all by so many per cent. */
export function PickedPrices({ picked, onPicked, onAdd }: PickedProps) {
  const { t, price, locale } = useHq();
  const [percent, setPercent] = useState("");
  const scale = () => {
    const by = Number(percent.replace(",", "."));
    if (percent.trim() === "" || !Number.isFinite(by)) return;
    onPicked(
      picked.map(({ product }) => ({ product, amount: amountText(scaled(product.price, by), locale) })),
    );
  };
  return (
    <>
      <ProductPicker label={t.prices.addProduct} onPick={onAdd} />
      {picked.length > 0 && (
        <>
          <ul className="lines">
            {picked.map(({ product, amount }) => (
              <li key={product.sku}>
                <span className="line-main">
                  <strong>{product.names[locale] ?? product.name}</strong>
                  <span className="hint">{t.prices.now(price(product.price))}</span>
                </span>
                <span className="price-entry">
                  <input
                    aria-label={t.prices.newPriceOf(product.name)}
                    inputMode="decimal"
                    value={amount}
                    placeholder={amountText(product.price, locale)}
                    onChange={(event) =>
                      onPicked(
                        picked.map((one) =>
                          one.product === product ? { product, amount: event.target.value } : one,
                        ),
                      )
                    }
                  />
                  <span className="suffix">{product.price.currency}</span>
                </span>
                <button
                  type="button"
                  className="button icon-only quiet"
                  aria-label={t.products.removeRow(product.name)}
                  onClick={() => onPicked(picked.filter((one) => one.product !== product))}
                >
                  <Icon name="close" />
                </button>
              </li>
            ))}
          </ul>
          <div className="row-fields">
            <div className="narrow-field">
              <TextField
                label={t.prices.byPercent}
                value={percent}
                inputMode="decimal"
                placeholder="-10"
                onValue={setPercent}
                after={<span className="suffix">%</span>}
              />
            </div>
            <button type="button" className="button" onClick={scale}>
              {t.prices.reckon}
            </button>
          </div>
        </>
      )}
    </>
  );
}
