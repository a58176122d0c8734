import { Money, TimedPrice } from "@tillsight/contracts";
import { useState } from "react";
import { type AuditEntry, AuditPage } from "../../api/schemas.js";
import { fieldChanges, verbOf } from "../../state/audit-text.js";
import { pathOf } from "../../state/route.js";
import { dateTime } from "../../state/time-text.js";
import { useHq } from "../hq.js";
import { Badge, Empty, WhenLoaded } from "../parts/bits.js";
import { SelectField, TextField } from "../parts/field.js";
import { PageFrame } from "../parts/page.js";
import { Link, useRouter } from "../router.js";
import { useLoad, useSettled } from "../use-load.js";

const perPage = 50;
const verbTones = { added: "good", changed: "quiet", removed: "bad" } as const;

/** Who changed what and when, before and after. */
export function HistoryPage() {
  const { t, client, stores } = useHq();
  const { route } = useRouter();
  const [sku, setSku] = useState(route.query.get("sku") ?? "");
  const [actor, setActor] = useState("");
  const [store, setStore] = useState("");
  const [kind, setKind] = useState<"" | AuditEntry["kind"]>("");
  const [pages, setPages] = useState<readonly number[]>([]);
  const source = route.query.get("source");
  const query = new URLSearchParams({ limit: String(perPage) });
  const filters = { sku: sku.trim(), actor: actor.trim(), store, kind, source: source ?? "" };
  for (const [name, value] of Object.entries(filters)) if (value !== "") query.set(name, value);
  const before = pages.at(-1);
  if (before !== undefined) query.set("before", String(before));
  const settled = useSettled(query.toString(), 200);
  const loaded = useLoad((signal) => client.get(`/api/changes?${settled}`, AuditPage, signal), settled);
  const first =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      setPages([]);
      set(value);
    };
  return (
    <PageFrame title={t.menu.history} hint={source ? t.history.ofOneImport : t.history.hint}>
      <div className="filters">
        <TextField
          label={t.products.sku}
          value={sku}
          onValue={first(setSku)}
          type="search"
          spellCheck={false}
        />
        <TextField
          label={t.history.who}
          value={actor}
          onValue={first(setActor)}
          type="search"
          spellCheck={false}
        />
        <SelectField
          label={t.fleet.store}
          value={store}
          onValue={first(setStore)}
          options={[["", t.history.all], ...stores.map(({ name, label }) => [name, label] as const)]}
        />
        <SelectField
          label={t.history.what}
          value={kind}
          onValue={first(setKind)}
          options={[
            ["", t.history.all],
            ["product", t.history.kinds.product],
            ["override", t.history.kinds.override],
            ["reference", t.history.kinds.reference],
          ]}
        />
      </div>
      <WhenLoaded t={t} loaded={loaded}>
        {({ changes }) => (
          <>
            {changes.length === 0 ? (
              <Empty icon="history" title={t.history.none} />
            ) : (
              <ol className="changes card" data-dim={loaded.loading}>
                {changes.map((change) => (
                  <ChangeItem key={change.lsn} change={change} />
                ))}
              </ol>
            )}
            <nav
              className="pager"
              aria-label={t.common.pages}
              hidden={pages.length === 0 && changes.length < perPage}
            >
              <button
                type="button"
                className="button"
                disabled={pages.length === 0}
                onClick={() => setPages(pages.slice(0, -1))}
              >
                {t.common.newer}
              </button>
              <button
                type="button"
                className="button"
                disabled={changes.length < perPage}
                onClick={() => setPages([...pages, changes.at(-1)?.lsn ?? 0])}
              >
                {t.common.older}
              </button>
            </nav>
          </>
        )}
      </WhenLoaded>
    </PageFrame>
  );
}

function ChangeItem({ change }: { change: AuditEntry }) {
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
