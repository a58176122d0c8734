import { useState } from "react";
import type { ImportReport, ProductDetail } from "../../api/schemas.js";
import { percentText } from "../../state/amount.js";
import { effective, type PlanLine, planPrices } from "../../state/price-plan.js";
import { dateTime } from "../../state/time-text.js";
import { useHq } from "../hq.js";
import type { Wish } from "../pages/prices.js";
import type { Task } from "../use-task.js";
import { Badge } from "./bits.js";
import { CheckField } from "./field.js";
import { Icon } from "./icon.js";
import { Notice, ProblemNotice } from "./notice.js";
import { Card } from "./page.js";

interface Props {
  readonly wish: Wish;
  readonly details: ReadonlyMap<string, ProductDetail>;
  /** Of the dry run; null when there was nothing to try. */
  readonly report: ImportReport | null;
  readonly task: Task;
  readonly onBack: () => void;
  readonly onApply: () => void;
}

/** Lines of the table that are drawn at most: the counts above it are of all. */
const shownLines = 500;

const rank = ({ problem, jump, same }: PlanLine): number => (problem ? 0 : jump ? 1 : same ? 3 : 2);

/** What the new prices would do, checked by headquarters without being done. */
export function PricePreview({ wish, details, report, task, onBack, onApply }: Props) {
  const { t, mayEdit, storeLabel, locale, stores } = useHq();
  const [sure, setSure] = useState(false);
  const plan = planPrices(wish.lines, details, wish.scope, Date.now());
  const changes = effective(plan);
  const wrong = plan.filter(({ problem }) => problem !== null);
  const jumps = changes.filter(({ jump }) => jump);
  const blocked = changes.length === 0 || isRefused(report) || (jumps.length > 0 && !sure);
  const where = wish.scope === null ? t.prices.inChain(stores.length) : wish.scope.map(storeLabel).join(", ");
  const rows = [...plan].sort((a, b) => rank(a) - rank(b)).slice(0, shownLines);
  return (
    <div className="stack">
      <div className="figures" role="status">
        <p>
          <strong>{changes.length}</strong> {t.prices.willChange(changes.length)}
        </p>
        <p>
          <strong>{plan.filter(({ same, problem }) => same && !problem).length}</strong> {t.prices.staySame}
        </p>
        <p data-tone={wrong.length > 0 ? "bad" : undefined}>
          <strong>{wrong.length}</strong> {t.prices.cannot}
        </p>
      </div>
      <p>
        {t.prices.holdsIn(where)}{" "}
        {wish.period &&
          t.prices.holdsFrom(
            dateTime(wish.period.from, locale),
            wish.period.until && dateTime(wish.period.until, locale),
          )}
      </p>
      <Warnings plan={plan} report={report} sure={sure} onSure={setSure} />
      <Card>
        <table className="table cards prices">
          <thead>
            <tr>
              <th>{t.products.name}</th>
              <th className="cell-number">{t.prices.before}</th>
              <th className="cell-number">{t.prices.after}</th>
              <th className="cell-number">{t.prices.change}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((line) => (
              <PreviewRow key={`${line.line} ${line.key}`} line={line} />
            ))}
          </tbody>
        </table>
        {plan.length > shownLines && <p className="hint">{t.prices.moreLines(plan.length - shownLines)}</p>}
      </Card>
      <ProblemNotice t={t} error={task.error} />
      <div className="save-bar" data-dirty="true">
        <button type="button" className="button" onClick={onBack} disabled={task.busy}>
          <Icon name="back" />
          {t.prices.backToInput}
        </button>
        {mayEdit && (
          <button type="button" className="button primary" disabled={blocked || task.busy} onClick={onApply}>
            {task.busy ? t.common.saving : t.prices.apply(changes.length)}
          </button>
        )}
      </div>
    </div>
  );
}

const isRefused = (report: ImportReport | null): report is ImportReport =>
  report !== null && report.state !== "checked";

interface WarningProps {
  readonly plan: readonly PlanLine[];
  readonly report: ImportReport | null;
  readonly sure: boolean;
  readonly onSure: (sure: boolean) => void;
}

/** What one should know before: lines left out, great jumps, stores that stay as they are, and refusals. */
function Warnings({ plan, report, sure, onSure }: WarningProps) {
  const { t, storeLabel } = useHq();
  const changes = effective(plan);
  const wrong = plan.filter(({ problem }) => problem !== null);
  const jumps = changes.filter(({ jump }) => jump);
  const deaf = [...new Set(changes.flatMap((line) => line.deaf))];
  return (
    <>
      {wrong.length > 0 && <Notice tone="ask">{t.prices.wrongLines(wrong.length)}</Notice>}
      {jumps.length > 0 && (
        <Notice tone="ask" alert>
          <p>{t.prices.jumps(jumps.length)}</p>
          <CheckField label={t.prices.sure} checked={sure} onValue={onSure} />
        </Notice>
      )}
      {deaf.length > 0 && <Notice tone="info">{t.prices.deaf(deaf.map(storeLabel).join(", "))}</Notice>}
      {isRefused(report) && (
        <Notice tone="bad" alert>
          <strong>{t.prices.refused}</strong>
          {report.failure && <p>{report.failure}</p>}
          <ul className="bullets">
            {report.errors.slice(0, 20).map((error) => (
              <li key={`${error.line} ${error.field}`}>
                {changes[error.line - 1]?.key} {error.field}: {error.message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  );
}

function PreviewRow({ line }: { line: PlanLine }) {
  const { t, price, locale } = useHq();
  const { detail, before, after, percent, jump, same, problem, key } = line;
  return (
    <tr data-tone={problem ? "bad" : jump ? "ask" : undefined} data-same={same}>
      <td className="cell-name">
        {detail ? (detail.product.names[locale] ?? detail.product.name) : key}{" "}
        {detail && <code>{detail.product.sku}</code>}
        {problem && <Badge tone="bad">{t.prices.problems[problem]}</Badge>}
      </td>
      <td className="cell-number" data-label={t.prices.before}>
        {before && price(before)}
      </td>
      <td className="cell-number" data-label={t.prices.after}>
        {after && <strong>{price(after)}</strong>}
      </td>
      <td className="cell-number" data-label={t.prices.change}>
        {same && !problem && t.prices.unchanged}
        {!same && percent !== null && !problem && (
          <Badge tone={jump ? "ask" : "quiet"}>{percentText(percent, locale)}</Badge>
        )}
      </td>
    </tr>
  );
}
