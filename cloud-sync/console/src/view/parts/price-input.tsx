import type { FormEvent } from "react";
import { useHq } from "../hq.js";
import type { Wish } from "../pages/prices.js";
import { type PriceWishUse, type Reach, usePriceWish } from "../use-price-wish.js";
import type { Task } from "../use-task.js";
import { DropZone } from "./drop-zone.js";
import { CheckField, Choice, TextArea, TextField } from "./field.js";
import { Icon } from "./icon.js";
import { Notice, ProblemNotice } from "./notice.js";
import { Card } from "./page.js";
import { PickedPrices } from "./picked-prices.js";

interface Props {
  /** What was entered before, when one comes back from the preview. */
  readonly last: Wish | null;
  readonly task: Task;
  /** Products looked up so far. */
  readonly progress: number;
  readonly onPreview: (wish: Wish) => void;
}

export function PriceInput({ last, task, progress, onPreview }: Props) {
  const { t } = useHq();
  const use = usePriceWish(last);
  const { mode, setMode, reach, setReach, wrong, wish, empty } = use;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!wrong) onPreview(wish);
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <Card>
        <Choice
          legend={t.prices.how}
          value={mode}
          onValue={setMode}
          options={[
            ["pick", t.prices.pick],
            ["list", t.prices.list],
          ]}
        />
        {mode === "pick" ? (
          <PickedPrices picked={use.picked} onPicked={use.setPicked} onAdd={use.add} />
        ) : (
          <PastedPrices {...use} />
        )}
      </Card>
      <Card title={t.prices.whereWhen}>
        <div className="grid">
          <Where reach={reach} onReach={setReach} />
          <When reach={reach} onReach={setReach} />
        </div>
      </Card>
      <ProblemNotice t={t} error={task.error} />
      {wrong && !empty && (
        <Notice tone="ask">
          {wrong === "incomplete" ? t.prices.incomplete : t.products.wrong.timeOrder}
        </Notice>
      )}
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

function PastedPrices({ text, setText, list }: Pick<PriceWishUse, "text" | "setText" | "list">) {
  const { t } = useHq();
  return (
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
  );
}

interface ReachProps {
  readonly reach: Reach;
  readonly onReach: (reach: Reach) => void;
}

function Where({ reach, onReach }: ReachProps) {
  const { t, stores } = useHq();
  const toggle = (name: string, on: boolean) => {
    const next = new Set(reach.stores);
    if (on) next.add(name);
    else next.delete(name);
    onReach({ ...reach, stores: next });
  };
  return (
    <fieldset className="plain stack">
      <legend className="unseen">{t.prices.where}</legend>
      <CheckField
        label={t.prices.wholeChain}
        checked={reach.chain}
        onValue={(chain) => onReach({ ...reach, chain })}
      />
      {!reach.chain &&
        stores.map(({ name, label }) => (
          <CheckField
            key={name}
            label={label}
            checked={reach.stores.has(name)}
            onValue={(on) => toggle(name, on)}
          />
        ))}
    </fieldset>
  );
}

function When({ reach, onReach }: ReachProps) {
  const { t } = useHq();
  return (
    <div className="stack">
      <CheckField
        label={t.prices.forATime}
        checked={reach.timed}
        onValue={(timed) => onReach({ ...reach, timed })}
      />
      {reach.timed && (
        <>
          <TextField
            label={t.products.from}
            type="datetime-local"
            value={reach.from}
            onValue={(from) => onReach({ ...reach, from })}
          />
          <TextField
            label={t.products.until}
            type="datetime-local"
            value={reach.until}
            onValue={(until) => onReach({ ...reach, until })}
            hint={t.prices.untilHint}
          />
        </>
      )}
    </div>
  );
}
