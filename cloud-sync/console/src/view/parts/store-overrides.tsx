import type { Override } from "@tillsight/cloud-sync/api";
import type { Product } from "@tillsight/contracts";
import { type FormEvent, useState } from "react";
import { removeOverride, writeOverride } from "../../api/products.js";
import { amountOf, amountText } from "../../state/amount.js";
import {
  type FormErrors,
  type PriceRow,
  priceRow,
  readPrices,
  type Wrong,
} from "../../state/product-form.js";
import { useHq } from "../hq.js";
import { useTask } from "../use-task.js";
import { Badge } from "./bits.js";
import { Dialog } from "./dialog.js";
import { CheckField, TextField } from "./field.js";
import { ProblemNotice } from "./notice.js";
import { Card } from "./page.js";
import { PriceRows } from "./price-rows.js";

interface Props {
  readonly product: Product;
  readonly overrides: Readonly<Record<string, Override>>;
  readonly onChanged: () => void;
}

/** What single stores do otherwise than the chain. */
export function StoreOverrides({ product, overrides, onChanged }: Props) {
  const { t, stores, mayEdit, price } = useHq();
  const [editing, setEditing] = useState<string | null>(null);
  return (
    <Card title={t.products.storesTitle}>
      <ul className="lines">
        {stores.map(({ name, label }) => {
          const own = overrides[name];
          return (
            <li key={name}>
              <span className="line-main">
                <strong>{label}</strong>
                <span className="line-badges">
                  {!own && <span className="hint">{t.products.asChain}</span>}
                  {own && !own.available && <Badge tone="ask">{t.products.notSold}</Badge>}
                  {own?.price && <Badge tone="quiet">{price(own.price)}</Badge>}
                  {own && own.prices.length > 0 && (
                    <Badge tone="quiet">{t.products.timed(own.prices.length)}</Badge>
                  )}
                  {own?.name && <Badge tone="quiet">{own.name}</Badge>}
                </span>
              </span>
              {mayEdit && (
                <button
                  type="button"
                  className="button small"
                  aria-label={`${t.products.change}: ${label}`}
                  onClick={() => setEditing(name)}
                >
                  {t.products.change}
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {editing !== null && (
        <OverrideDialog
          product={product}
          store={editing}
          own={overrides[editing] ?? null}
          onClose={() => setEditing(null)}
          onSaved={() => {
            setEditing(null);
            onChanged();
          }}
        />
      )}
    </Card>
  );
}

interface DialogProps {
  readonly product: Product;
  readonly store: string;
  readonly own: Override | null;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}

function OverrideDialog({ product, store, own, onClose, onSaved }: DialogProps) {
  const { t, client, locale, storeLabel, say } = useHq();
  const { currency } = product.price;
  const [available, setAvailable] = useState(own?.available ?? true);
  const [name, setName] = useState(own?.name ?? "");
  const [amount, setAmount] = useState(own?.price ? amountText(own.price, locale) : "");
  const [rows, setRows] = useState<readonly PriceRow[]>(
    () => own?.prices.map((p) => priceRow(p, locale)) ?? [],
  );
  const [errors, setErrors] = useState<FormErrors>({});
  const task = useTask();
  const finish = async (work: () => Promise<{ lsn: number }>) => {
    if (!(await task.run(work))) return;
    say({ text: t.products.storeSaved(storeLabel(store)) });
    onSaved();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong: Record<string, Wrong> = {};
    const price = amount.trim() === "" ? null : amountOf(amount, currency);
    if (price === null && amount.trim() !== "") wrong.price = "amount";
    const prices = readPrices(rows, currency, wrong);
    setErrors(wrong);
    if (Object.keys(wrong).length > 0) return;
    const override = { available, name: name.trim() || null, names: own?.names ?? {}, price, prices };
    void finish(() => writeOverride(client, store, product.sku, override));
  };
  return (
    <Dialog
      title={t.products.inStore(product.name, storeLabel(store))}
      closeText={t.common.close}
      onClose={onClose}
      wide
    >
      <form className="stack" onSubmit={submit} noValidate>
        <CheckField label={t.products.soldHere} checked={available} onValue={setAvailable} />
        <div className="grid">
          <TextField
            label={t.products.ownName}
            value={name}
            onValue={setName}
            maxLength={120}
            placeholder={product.name}
          />
          <TextField
            label={t.products.ownPrice}
            value={amount}
            onValue={setAmount}
            inputMode="decimal"
            placeholder={amountText(product.price, locale)}
            error={errors.price && t.products.wrong[errors.price]}
            after={<span className="suffix">{currency}</span>}
          />
        </div>
        <PriceRows rows={rows} errors={errors} onRows={setRows} />
        <p className="hint">{t.products.ownPriceHint}</p>
        <ProblemNotice t={t} error={task.error} />
        <div className="actions">
          {own && (
            <button
              type="button"
              className="button"
              disabled={task.busy}
              onClick={() => void finish(() => removeOverride(client, store, product.sku))}
            >
              {t.products.backToChain}
            </button>
          )}
          <button type="submit" className="button primary" disabled={task.busy}>
            {t.common.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
