import { useState } from "react";
import { readFleet } from "../../api/fleet.js";
import type { Heads, Terminal } from "../../api/schemas.js";
import { groupLanes, heldAt, laneState, laneTone, lsnBehind } from "../../state/lane-view.js";
import { pathOf } from "../../state/route.js";
import { useHq } from "../hq.js";
import { Ago, Empty, WhenLoaded } from "../parts/bits.js";
import { Choice } from "../parts/field.js";
import { Icon } from "../parts/icon.js";
import { PageFrame } from "../parts/page.js";
import { RegisterDialog, StoreDialog } from "../parts/register-dialog.js";
import { Link } from "../router.js";
import { useLoad } from "../use-load.js";

const everyMs = 2000;

/** Every lane of the chain on one page: live, late or gone, and how far behind headquarters. */
export function FleetPage() {
  const { t, client, mayRule, mayEdit, storeLabel, stores } = useHq();
  const [by, setBy] = useState<"store" | "group">("store");
  const [dialog, setDialog] = useState<"register" | "store" | null>(null);
  const fleet = useLoad((signal) => readFleet(client, signal), "fleet", everyMs);
  const tools = (
    <>
      {mayEdit && (
        <button type="button" className="button" onClick={() => setDialog("store")}>
          {t.fleet.addStore}
        </button>
      )}
      {mayRule && (
        <button type="button" className="button primary" onClick={() => setDialog("register")}>
          <Icon name="plus" />
          {t.fleet.register}
        </button>
      )}
    </>
  );
  return (
    <PageFrame title={t.menu.fleet} tools={tools}>
      <WhenLoaded t={t} loaded={fleet}>
        {({ terminals, heads }) => (
          <>
            <Summary terminals={terminals} heads={heads} />
            {terminals.length === 0 ? (
              <Empty icon="fleet" title={t.fleet.none}>
                <p>{t.fleet.noneHint}</p>
              </Empty>
            ) : (
              <Choice
                legend={t.fleet.groupBy}
                value={by}
                onValue={setBy}
                options={[
                  ["store", t.fleet.byStore],
                  ["group", t.fleet.byGroup],
                ]}
              />
            )}
            {groupLanes(terminals, by).map((group) => (
              <section key={group.name} className="lane-group">
                <h2>{by === "store" ? storeLabel(group.name) : group.name || t.fleet.noGroup}</h2>
                <ul className="lanes">
                  {group.terminals.map((terminal) => (
                    <LaneTile
                      key={`${terminal.store}/${terminal.terminal}`}
                      terminal={terminal}
                      heads={heads}
                      by={by}
                    />
                  ))}
                </ul>
              </section>
            ))}
            {by === "store" &&
              stores
                .filter(({ name }) => !terminals.some(({ store }) => store === name))
                .map(({ name, label }) => (
                  <section key={name} className="lane-group">
                    <h2>{label}</h2>
                    <p className="hint">{t.fleet.emptyStore}</p>
                  </section>
                ))}
          </>
        )}
      </WhenLoaded>
      {dialog === "register" && <RegisterDialog onClose={() => setDialog(null)} />}
      {dialog === "store" && <StoreDialog onClose={() => setDialog(null)} />}
    </PageFrame>
  );
}

function Summary({ terminals, heads }: { terminals: readonly Terminal[]; heads: Heads }) {
  const { t } = useHq();
  const count = (state: string) => terminals.filter((terminal) => laneState(terminal) === state).length;
  const behind = terminals.filter((terminal) => (lsnBehind(terminal, heads) ?? 0) > 0).length;
  return (
    <div className="figures" role="status">
      <p data-tone="good">
        <strong>{count("live")}</strong> {t.fleet.states.live}
      </p>
      <p data-tone={count("late") > 0 ? "ask" : undefined}>
        <strong>{count("late")}</strong> {t.fleet.states.late}
      </p>
      <p data-tone={count("gone") > 0 ? "bad" : undefined}>
        <strong>{count("gone")}</strong> {t.fleet.states.gone}
      </p>
      <p data-tone={behind > 0 ? "ask" : undefined}>
        <strong>{behind}</strong> {t.fleet.behindCount}
      </p>
      <p>
        <strong>{heads.lsn}</strong> {t.fleet.newestLsn}
      </p>
    </div>
  );
}

interface TileProps {
  readonly terminal: Terminal;
  readonly heads: Heads;
  readonly by: "store" | "group";
}

function LaneTile({ terminal, heads, by }: TileProps) {
  const { t, locale, storeLabel } = useHq();
  const behind = lsnBehind(terminal, heads);
  const held = heldAt(terminal);
  const { beat, store, lastSeen } = terminal;
  const state = laneState(terminal);
  const troubles = Object.keys(beat?.troubles ?? {}).length;
  return (
    <li>
      <Link
        className="lane"
        href={pathOf("fleet", store, terminal.terminal)}
        data-tone={laneTone(terminal, held === null ? behind : 0)}
      >
        <span className="lane-name">{terminal.label || terminal.terminal}</span>
        <span className="lane-state">
          {t.fleet.states[state]}
          {state !== "live" && lastSeen && (
            <>
              {" · "}
              <Ago at={lastSeen} locale={locale} />
            </>
          )}
        </span>
        <span>
          {t.common.lsn} {beat?.lsn ?? "–"}
          {behind !== null && behind > 0 && <em> {t.fleet.behind(behind)}</em>}
          {held !== null && <em> {t.fleet.held}</em>}
        </span>
        <span className="hint">
          {by === "group" ? storeLabel(store) : terminal.group || t.fleet.noGroup}
          {troubles > 0 && state === "live" && ` · ${t.fleet.troubles(troubles)}`}
          {beat?.helpWanted && ` · ${t.fleet.helpWanted}`}
          {beat?.serviceMode && ` · ${t.fleet.service}`}
        </span>
      </Link>
    </li>
  );
}
