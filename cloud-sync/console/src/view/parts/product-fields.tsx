import type { FormErrors, ProductForm } from "../../state/product-form.js";
import { useHq } from "../hq.js";
import { SelectField, TextArea, TextField } from "./field.js";
import { NameRows } from "./name-rows.js";
import { Card } from "./page.js";
import { PriceRows } from "./price-rows.js";

interface Props {
  readonly form: ProductForm;
  readonly errors: FormErrors;
  readonly isNew: boolean;
  readonly onForm: (form: ProductForm) => void;
}

const currencies = [
  "EUR",
  "USD",
  "GBP",
  "CHF",
  "SEK",
  "NOK",
  "DKK",
  "PLN",
  "CZK",
  "HUF",
  "JPY",
  "CAD",
  "AUD",
];

/** Every field of a product, the ones that each product needs first. */
export function ProductFields({ form, errors, isNew, onForm }: Props) {
  const { t } = useHq();
  const f = t.products.fields;
  const wrong = (field: string) => errors[field] && t.products.wrong[errors[field]];
  const text = (
    field: "sku" | "name" | "price" | "tax" | "plu" | "tare" | "grams" | "tolerance" | "minAge" | "gtins",
  ) => ({
    ...{ label: f[field], value: form[field], error: wrong(field) },
    onValue: (value: string) => onForm({ ...form, [field]: value }),
  });
  const known = currencies.includes(form.currency) ? currencies : [form.currency, ...currencies];
  return (
    <>
      <Card title={t.products.mainTitle}>
        <div className="grid">
          <div className="wide">
            <TextField {...text("name")} maxLength={120} required />
          </div>
          <TextField
            {...text("sku")}
            required
            readOnly={!isNew}
            spellCheck={false}
            autoCapitalize="none"
            hint={isNew ? t.products.skuHint : undefined}
          />
          <SelectField
            label={f.unit}
            value={form.unit}
            onValue={(unit) => onForm({ ...form, unit })}
            options={[
              ["each", t.products.soldEach],
              ["weight", t.products.soldByWeight],
            ]}
          />
          <TextField
            {...text("price")}
            inputMode="decimal"
            required
            hint={form.unit === "weight" ? t.products.perKilo : t.products.each}
            after={
              <select
                aria-label={f.currency}
                value={form.currency}
                onChange={(event) => onForm({ ...form, currency: event.target.value })}
              >
                {known.map((code) => (
                  <option key={code}>{code}</option>
                ))}
              </select>
            }
          />
          <TextField
            {...text("tax")}
            inputMode="decimal"
            required
            after={<span className="suffix">%</span>}
          />
        </div>
      </Card>
      <Card title={t.products.pricesTitle}>
        <PriceRows rows={form.prices} errors={errors} onRows={(prices) => onForm({ ...form, prices })} />
      </Card>
      <Card title={t.products.namesTitle}>
        <NameRows rows={form.names} errors={errors} onRows={(names) => onForm({ ...form, names })} />
      </Card>
      <Card title={t.products.codesTitle}>
        <div className="grid">
          <TextArea
            {...text("gtins")}
            rows={3}
            inputMode="numeric"
            spellCheck={false}
            hint={t.products.gtinsHint}
          />
          <TextField {...text("plu")} inputMode="numeric" hint={t.products.pluHint} />
          <TextField
            {...text("tare")}
            inputMode="numeric"
            hint={t.products.tareHint}
            after={<span className="suffix">g</span>}
          />
          {form.unit === "each" && (
            <>
              <TextField
                {...text("grams")}
                inputMode="numeric"
                hint={t.products.gramsHint}
                after={<span className="suffix">g</span>}
              />
              <TextField
                {...text("tolerance")}
                inputMode="numeric"
                hint={t.products.toleranceHint}
                after={<span className="suffix">g</span>}
              />
            </>
          )}
          <TextField {...text("minAge")} inputMode="numeric" hint={t.products.minAgeHint} />
        </div>
      </Card>
    </>
  );
}
