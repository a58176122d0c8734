import type { Product } from "@tillsight/contracts";
import { type FormEvent, useState } from "react";
import { readDetails } from "../../api/products.js";
import { amountText } from "../../state/amount.js";
import { readPriceList } from "../../state/price-list.js";
import { scaled } from "../../state/scale-price.js";
import { instantOf, localText } from "../../state/time-text.js";
import { useHq } from "../hq.js";
import type { Wish } from "../pages/prices.js";
import { useRouter } from "../router.js";
import { useLoad } from "../use-load.js";
import type { Task } from "../use-task.js";
import { DropZone } from "./drop-zone.js";
import { CheckField, Choice, TextArea, TextField } from "./field.js";
import { Icon } from "./icon.js";
import { Notice, ProblemNotice } from "./notice.js";
import { Card } from "./page.js";
import { ProductPicker } from "./product-picker.js";

interface Props {
  /** What was entered before, when one comes back from the preview. */
  readonly last: Wish | null;
  readonly task: Task;
  readonly progress: number;
  readonly onPreview: (wish: Wish) => void;
}

interface Picked {
  readonly product: Product;
  readonly amount: string;
}

export function PriceInput({ last, task, progress, onPreview }: Props) {
  const { t, stores } = useHq();
  const [how, setHow] = useState<"pick" | "list">("pick");
  const [picked, setPicked] = useState<readonly Picked[]>([]);
  const [text, setText] = useState(
    () => last?.lines.map(({ key, amount }) => `${key}\t${amount}`).join("\n") ?? "",
  );
  const [chain, setChain] = useState(last === null || last.scope === null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(last?.scope ?? []));
  const [timed, setTimed] = useState(last?.period != null);
  const [from, setFrom] = useState(last?.period ? localText(last.period.from) : "");
  const [until, setUntil] = useState(last?.period?.until ? localText(last.period.until) : "");
  usePreselected(last, (product) => add(product));
  const add = (product: Product) =>
    setPicked((list) =>
      list.some((one) => one.product.sku === product.sku) ? list : [...list, { product, amount: "" }],
    );
  const mode = last && picked.length === 0 && how === "pick" && text !== "" ? "list" : how;
  const list = readPriceList(text);
  const lines =
    mode === "list"
      ? list.lines
      : picked.map(({ product, amount }, i) => ({ line: i + 1, key: product.sku, amount }));
  const begin = timed ? instantOf(from) : null;
  const wrong =
    lines.length === 0 || (!chain && chosen.size === 0) || (timed && begin === null)
      ? t.prices.incomplete
      : timed && until !== "" && (instantOf(until) ?? "") <= (begin ?? "")
        ? t.products.wrong.timeOrder
        : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (wrong) return;
    const period = begin === null ? null : { from: begin, until: instantOf(until) };
    onPreview({ lines, scope: chain ? null : [...chosen], period });
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Card>
        <Choice
          legend={t.prices.how}
          value={mode}
          onValue={(value) => {
            setHow(value);
            if (value === "pick") setText("");
          }}
          options={[
            ["pick", t.prices.pick],
            ["list", t.prices.list],
          ]}
        />
        {mode === "pick" ? (
          <PickedPrices picked={picked} onPicked={setPicked} onAdd={add} />
        ) : (
          <>
            <TextArea
              label={t.prices.listLabel}
              hint={t.prices.listHint}
              value={text}
              onValue={setText}
              rows={8}
              spellCheck={false}
              placeholder={"apple-braeburn\t2,99\n4006381333931\t1,49"}
            />
            <DropZone
              label={t.prices.dropList}
              icon="files"
              accept=".csv,.txt,.tsv,text/csv,text/plain"
              multiple={false}
              onFiles={([file]) => void file?.text().then(setText)}
            />
            {text !== "" && (
              <p role="status" className="hint">
                {list.unreadable ? t.prices.unreadable : t.prices.lines(list.lines.length)}
              </p>
            )}
          </>
        )}
      </Card>
      <Card title={t.prices.whereWhen}>
        <div className="grid">
          <fieldset className="plain stack">
            <legend className="unseen">{t.prices.where}</legend>
            <CheckField label={t.prices.wholeChain} checked={chain} onValue={setChain} />
            {!chain &&
              stores.map(({ name, label }) => (
                <CheckField
                  key={name}
                  label={label}
                  checked={chosen.has(name)}
                  onValue={(on) => {
                    const next = new Set(chosen);
                    if (on) next.add(name);
                    else next.delete(name);
                    setChosen(next);
                  }}
                />
              ))}
          </fieldset>
          <div className="stack">
            <CheckField label={t.prices.forATime} checked={timed} onValue={setTimed} />
            {timed && (
              <>
                <TextField label={t.products.from} type="datetime-local" value={from} onValue={setFrom} />
                <TextField
                  label={t.products.until}
                  type="datetime-local"
                  value={until}
                  onValue={setUntil}
                  hint={t.prices.untilHint}
                />
              </>
            )}
          </div>
        </div>
      </Card>
      <ProblemNotice t={t} error={task.error} />
      {wrong && lines.length > 0 && <Notice tone="ask">{wrong}</Notice>}
      <div className="actions">
        {task.busy && (
          <span role="status">{progress > 0 ? t.prices.looked(progress) : t.common.loading}</span>
        )}
        <button type="submit" className="button primary" disabled={task.busy || wrong !== null}>
          {t.prices.toPreview}
          <Icon name="next" />
        </button>
      </div>
    </form>
  );
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

interface PickedProps {
  readonly picked: readonly Picked[];
  readonly onPicked: (picked: readonly Picked[]) => void;
  readonly onAdd: (product: Product) => void;
}

function PickedPrices({ picked, onPicked, onAdd }: PickedProps) {
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
