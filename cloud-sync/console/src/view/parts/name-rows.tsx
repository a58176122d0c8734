import type { FormErrors, NameRow } from "../../state/product-form.js";
import { useHq } from "../hq.js";
import { TextField } from "./field.js";
import { Icon } from "./icon.js";

interface Props {
  readonly rows: readonly NameRow[];
  readonly errors: FormErrors;
  readonly onRows: (rows: readonly NameRow[]) => void;
}

/** Languages that are offered; any BCP 47 tag may be typed. */
const suggested = ["de", "en", "fr", "es", "it", "nl", "pl", "tr", "pt", "cs", "uk"];

export function NameRows({ rows, errors, onRows }: Props) {
  const { t } = useHq();
  const wrong = (path: string) => errors[path] && t.products.wrong[errors[path]];
  const set = (i: number, part: Partial<NameRow>) =>
    onRows(rows.map((row, at) => (at === i ? { ...row, ...part } : row)));
  const next = suggested.find((tag) => !rows.some((row) => row.tag === tag)) ?? "";
  return (
    <>
      {rows.length === 0 && <p className="hint">{t.products.namesHint}</p>}
      {rows.map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own while they are edited
        <div className="row-fields" key={i}>
          <div className="narrow-field">
            <TextField
              label={t.products.languageTag}
              value={row.tag}
              error={wrong(`names.${i}.tag`)}
              onValue={(tag) => set(i, { tag })}
              spellCheck={false}
              autoCapitalize="none"
            />
          </div>
          <TextField
            label={t.products.name}
            value={row.name}
            lang={row.tag}
            maxLength={120}
            error={wrong(`names.${i}.name`)}
            onValue={(name) => set(i, { name })}
          />
          <button
            type="button"
            className="button icon-only quiet"
            aria-label={t.products.removeRow(row.tag || String(i + 1))}
            onClick={() => onRows(rows.filter((_, at) => at !== i))}
          >
            <Icon name="bin" />
          </button>
        </div>
      ))}
      <button
        type="button"
        className="button small"
        onClick={() => onRows([...rows, { tag: next, name: "" }])}
      >
        <Icon name="plus" />
        {t.products.addName}
      </button>
    </>
  );
}
