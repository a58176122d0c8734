import type { FormErrors, PriceRow } from "../../state/product-form.js";
import { useHq } from "../hq.js";
import { TextField } from "./field.js";
import { Icon } from "./icon.js";

interface Props {
  readonly rows: readonly PriceRow[];
  readonly errors: FormErrors;
  readonly onRows: (rows: readonly PriceRow[]) => void;
}

/** Prices that hold for a time: an offer, or next month's price. */
export function PriceRows({ rows, errors, onRows }: Props) {
  const { t } = useHq();
  const wrong = (path: string) => errors[path] && t.products.wrong[errors[path]];
  const set = (i: number, part: Partial<PriceRow>) =>
    onRows(rows.map((row, at) => (at === i ? { ...row, ...part } : row)));
  return (
    <>
      <p className="hint">{t.products.pricesHint}</p>
      {rows.map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own while they are edited
        <div className="row-fields" key={i}>
          <div className="narrow-field">
            <TextField
              label={t.products.price}
              value={row.price}
              inputMode="decimal"
              error={wrong(`prices.${i}.price`)}
              onValue={(price) => set(i, { price })}
            />
          </div>
          <TextField
            label={t.products.from}
            type="datetime-local"
            value={row.from}
            error={wrong(`prices.${i}.from`)}
            onValue={(from) => set(i, { from })}
          />
          <TextField
            label={t.products.until}
            type="datetime-local"
            value={row.until}
            error={wrong(`prices.${i}.until`)}
            onValue={(until) => set(i, { until })}
          />
          <button
            type="button"
            className="button icon-only quiet"
            aria-label={t.products.removeRow(String(i + 1))}
            onClick={() => onRows(rows.filter((_, at) => at !== i))}
          >
            <Icon name="bin" />
          </button>
        </div>
      ))}
      <button
        type="button"
        className="button small"
        onClick={() => onRows([...rows, { price: "", from: "", until: "" }])}
      >
        <Icon name="plus" />
        {t.products.addPrice}
      </button>
    </>
  );
}
