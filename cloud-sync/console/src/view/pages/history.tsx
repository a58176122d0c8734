import { Money, TimedPrice } from "@tillsight/contracts";
import { useState } from "react";
import { type AuditEntry, AuditPage } from "../../api/schemas.js";
import { fieldChanges, verbOf } from "../../state/audit-text.js";
import { pathOf } from "../../state/route.js";
import { dateTime } from "../../state/time-text.js";
import { useHq } from "../hq.js";
import { Badge, Empty, WhenLoaded } from "../parts/bits.js";
import { SelectField, TextField } from "../parts/field.js";
import { Icon } from "../parts/icon.js";
import { OlderNewer } from "../parts/older-newer.js";
import { PageFrame } from "../parts/page.js";
import { RollbackDialog } from "../parts/rollback-dialog.js";
import { Link, useRouter } from "../router.js";
import { useLoad, useSettled } from "../use-load.js";

const perPage = 50;
const verbTones = { added: "good", changed: "quiet", removed: "bad" } as const;

interface Filters {
  readonly sku: string;
  readonly actor: string;
  readonly store: string;
  readonly kind: "" | AuditEntry["kind"];
}

/** Who changed what and when, before and after. */
export function HistoryPage() {
  const { t, client, mayEdit } = useHq();
  const { route } = useRouter();
  /** LSN to go back to, while somebody thinks about it. */
  const [back, setBack] = useState<string | null>(null);
  const source = route.query.get("source");
  const [filters, setFilters] = useState<Filters>({
    ...{ sku: route.query.get("sku") ?? "", actor: "", store: "", kind: "" },
  });
  /** LSNs before which each further page begins. */
  const [pages, setPages] = useState<readonly number[]>([]);
  const query = useSettled(queryOf({ ...filters, source: source ?? "" }, pages.at(-1)), 200);
  const loaded = useLoad((signal) => client.get(`/api/changes?${query}`, AuditPage, signal), query);
  const filter = (part: Partial<Filters>) => {
    setPages([]);
    setFilters({ ...filters, ...part });
  };
  const newest = loaded.data?.changes[0]?.lsn ?? 1;
  const tools = mayEdit && (
    <button type="button" className="button" onClick={() => setBack(String(newest - 1))}>
      <Icon name="undo" />
      {t.rollback.open}
    </button>
  );
  return (
    <PageFrame title={t.menu.history} hint={source ? t.history.ofOneImport : t.history.hint} tools={tools}>
      <FilterBar filters={filters} onFilter={filter} />
      <WhenLoaded t={t} loaded={loaded}>
        {({ changes }) => (
          <>
            {changes.length === 0 ? (
              <Empty icon="history" title={t.history.none} />
            ) : (
              <ol className="changes card" data-dim={loaded.loading}>
                {changes.map((change) => (
                  <ChangeItem
                    key={change.lsn}
                    change={change}
                    onBack={mayEdit ? () => setBack(String(change.lsn - 1)) : null}
                  />
                ))}
              </ol>
            )}
            <OlderNewer
              newer={pages.length > 0 ? () => setPages(pages.slice(0, -1)) : null}
              older={changes.length === perPage ? () => setPages([...pages, changes.at(-1)?.lsn ?? 0]) : null}
            />
          </>
        )}
      </WhenLoaded>
      {back !== null && (
        <RollbackDialog
          toLsn={back}
          onClose={() => setBack(null)}
          onDone={() => {
            setBack(null);
            setPages([]);
            loaded.reload();
          }}
        />
      )}
    </PageFrame>
  );
}

function queryOf(filters: Readonly<Record<string, string>>, before: number | undefined): string {
  const query = new URLSearchParams({ limit: String(perPage) });
  for (const [name, value] of Object.entries(filters)) if (value.trim() !== "") query.set(name, value.trim());
  if (before !== undefined) query.set("before", String(before));
  return query.toString();
}

interface FilterProps {
  readonly filters: Filters;
  readonly onFilter: (part: Partial<Filters>) => void;
}

function FilterBar({ filters, onFilter }: FilterProps) {
  const { t, stores } = useHq();
  const text = { type: "search", spellCheck: false } as const;
  return (
    <div className="filters">
      <TextField {...text} label={t.products.sku} value={filters.sku} onValue={(sku) => onFilter({ sku })} />
      <TextField
        {...text}
        label={t.history.who}
        value={filters.actor}
        onValue={(actor) => onFilter({ actor })}
      />
      <SelectField
        label={t.fleet.store}
        value={filters.store}
        onValue={(store) => onFilter({ store })}
        options={[["", t.history.all], ...stores.map(({ name, label }) => [name, label] as const)]}
      />
      <SelectField
        label={t.history.what}
        value={filters.kind}
        onValue={(kind) => onFilter({ kind })}
        options={[
          ["", t.history.all],
          ["product", t.history.kinds.product],
          ["override", t.history.kinds.override],
          ["reference", t.history.kinds.reference],
        ]}
      />
    </div>
  );
}

function ChangeItem({ change, onBack }: { change: AuditEntry; onBack: (() => void) | null }) {
  const { t, locale, storeLabel } = useHq();
  const verb = verbOf(change.before, change.after);
  const fields = change.kind === "reference" ? [] : fieldChanges(change.before, change.after);
  // Of something new or gone, only what it says is worth reading.
  const shown = fields.filter(({ before, after }) => verb === "changed" || !isNothing(before ?? after));
  return (
    <li>
      <div className="change-head">
        <Badge tone={verbTones[verb]}>{t.history.verbs[verb]}</Badge>
        <strong>{t.history.kinds[change.kind]}</strong>
        <Link href={pathOf("products", change.sku)}>{change.sku}</Link>
        {change.store && <span>{t.history.inStore(storeLabel(change.store))}</span>}
        <span className="hint">
          {change.actor} · <time dateTime={change.at}>{dateTime(change.at, locale)}</time> · {t.common.lsn}{" "}
          {change.lsn}
        </span>
        {onBack && (
          <button type="button" className="button small quiet" onClick={onBack}>
            {t.rollback.before}
          </button>
        )}
      </div>
      {shown.length > 0 && (
        <dl className="diff">
          {shown.map(({ field, before, after }) => (
            <div key={field}>
              <dt>{t.history.fields[field] ?? field}</dt>
              <dd>
                {verb !== "added" && (
                  <>
                    <del>
                      <Value value={before} />
                    </del>{" "}
                    <span aria-hidden="true">→</span>{" "}
                  </>
                )}
                {verb !== "removed" && (
                  <ins>
                    <Value value={after} />
                  </ins>
                )}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </li>
  );
}

const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  (typeof value === "object" && Object.keys(value).length === 0);

/** A value as a person writes it: amounts as amounts, nothing as nothing. */
function Value({ value }: { value: unknown }) {
  const { t, price, locale } = useHq();
  if (isNothing(value)) return t.common.nothing;
  if (typeof value === "boolean") return value ? t.common.yes : t.common.no;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value))
    return value.map((one, i) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a list that is only shown
      <span key={i} className="diff-item">
        <Value value={one} />
      </span>
    ));
  const money = Money.safeParse(value);
  if (money.success) return price(money.data);
  const timed = TimedPrice.safeParse(value);
  if (timed.success) {
    const { price: amount, validFrom, validUntil } = timed.data;
    const until = validUntil && dateTime(validUntil, locale);
    return `${price(amount)}. ${t.prices.holdsFrom(dateTime(validFrom, locale), until)}`;
  }
  return Object.entries(value)
    .map(([key, own]) => `${key}: ${String(own)}`)
    .join(", ");
}
