import { useState } from "react";
import type { Merged } from "../../state/merge.js";
import type { ProductForm } from "../../state/product-form.js";
import { useHq } from "../hq.js";
import { Dialog } from "./dialog.js";

interface Props {
  readonly clash: Merged<ProductForm>;
  readonly onClose: () => void;
  readonly onSettle: (form: ProductForm) => void;
}

type Side = "mine" | "theirs";

/** Somebody else changed the product meanwhile: both are shown, and one says which holds, field by field. */
export function ConflictDialog({ clash, onClose, onSettle }: Props) {
  const { t } = useHq();
  const [sides, setSides] = useState<Readonly<Record<string, Side>>>({});
  const settle = () => {
    const theirs = clash.clashes
      .filter(({ field }) => sides[field] === "theirs")
      .map(({ field, theirs: value }) => [field, value]);
    onSettle({ ...clash.merged, ...Object.fromEntries(theirs) });
  };
  return (
    <Dialog title={t.products.clashTitle} closeText={t.common.close} onClose={onClose} wide>
      <p>{clash.clashes.length > 0 ? t.products.clashHint : t.products.noClashHint}</p>
      {clash.clashes.length > 0 && (
        <table className="table clash">
          <thead>
            <tr>
              <th>{t.products.field}</th>
              <th>{t.products.mine}</th>
              <th>{t.products.theirs}</th>
            </tr>
          </thead>
          <tbody>
            {clash.clashes.map(({ field, mine, theirs }) => (
              <tr key={field}>
                <th>{t.products.fields[field]}</th>
                {(["mine", "theirs"] as const).map((side) => (
                  <td key={side}>
                    <label className="check">
                      <input
                        type="radio"
                        name={`clash-${field}`}
                        checked={(sides[field] ?? "mine") === side}
                        onChange={() => setSides({ ...sides, [field]: side })}
                      />
                      <span>{valueText(side === "mine" ? mine : theirs) || t.common.nothing}</span>
                    </label>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {clash.taken.length > 0 && (
        <p className="hint">
          {t.products.alsoChanged(clash.taken.map((field) => t.products.fields[field]).join(", "))}
        </p>
      )}
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          {t.products.backToForm}
        </button>
        <button type="button" className="button primary" data-first onClick={settle}>
          {t.products.saveChoice}
        </button>
      </div>
    </Dialog>
  );
}

/** A field's value as one reads it: text as it is, rows with their parts side by side. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map((row) => Object.values(row as object).join(" ")).join("; ");
  return value === null || value === undefined ? "" : String(value);
}
