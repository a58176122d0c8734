import { readFleet } from "../../api/fleet.js";
import type { ImportReport, Terminal } from "../../api/schemas.js";
import { arrivalAt, type Scope } from "../../state/price-plan.js";
import { pathOf } from "../../state/route.js";
import { useHq } from "../hq.js";
import { Link } from "../router.js";
import { useLoad } from "../use-load.js";
import { Badge, Bar, WhenLoaded } from "./bits.js";
import { Notice } from "./notice.js";
import { Card } from "./page.js";

interface Props {
  readonly report: ImportReport;
  readonly scope: Scope;
  readonly count: number;
  readonly onNew: () => void;
}

const everyMs = 1500;

/** The prices are in the catalog: which lanes have them. */
export function PriceArrival({ report, scope, count, onNew }: Props) {
  const { t, client } = useHq();
  const lsn = report.lsn ?? 0;
  const fleet = useLoad((signal) => readFleet(client, signal), "fleet", everyMs);
  return (
    <div className="stack">
      <Notice tone="good" alert>
        <strong>{t.prices.done(count)}</strong>
        <p>
          {t.common.lsn} {lsn} ·{" "}
          <Link href={`${pathOf("history")}?source=import:${report.id}`}>{t.products.history}</Link>
        </p>
      </Notice>
      <WhenLoaded t={t} loaded={fleet}>
        {({ terminals, heads }) => {
          const concerned = terminals.filter(({ store }) => scope === null || scope.includes(store));
          const arrivals = concerned.map((terminal) => ({
            terminal,
            arrival: arrivalAt(terminal, lsn, heads),
          }));
          const have = arrivals.filter(({ arrival }) => arrival === "has").length;
          return (
            <Card title={t.prices.arrivalTitle}>
              {concerned.length === 0 ? (
                <p className="hint">{t.fleet.none}</p>
              ) : (
                <>
                  <p role="status" className="big">
                    {t.prices.have(have, concerned.length)}
                  </p>
                  <Bar label={t.prices.arrivalTitle} value={have} max={concerned.length} />
                  <ul className="lines">
                    {arrivals.map(({ terminal, arrival }) => (
                      <ArrivalLine
                        key={`${terminal.store}/${terminal.terminal}`}
                        {...{ terminal, arrival }}
                      />
                    ))}
                  </ul>
                </>
              )}
            </Card>
          );
        }}
      </WhenLoaded>
      <div className="actions">
        <button type="button" className="button" onClick={onNew}>
          {t.prices.another}
        </button>
      </div>
    </div>
  );
}

const tones = { has: "good", waits: "quiet", away: "ask" } as const;

function ArrivalLine({ terminal, arrival }: { terminal: Terminal; arrival: keyof typeof tones }) {
  const { t, storeLabel } = useHq();
  return (
    <li>
      <span className="line-main">
        {storeLabel(terminal.store)} · {terminal.label || terminal.terminal}
      </span>
      <span className="hint">
        {t.common.lsn} {terminal.beat?.lsn ?? "–"}
      </span>
      <Badge tone={tones[arrival]}>{t.prices.arrivals[arrival]}</Badge>
    </li>
  );
}
