import { readHeads, terminalPath } from "../../api/fleet.js";
import { Commands, type Heads, Terminal } from "../../api/schemas.js";
import { heldAt, laneState, lsnBehind } from "../../state/lane-view.js";
import { pathOf } from "../../state/route.js";
import { useHq } from "../hq.js";
import { Ago, Badge, WhenLoaded } from "../parts/bits.js";
import { Icon } from "../parts/icon.js";
import { LaneAccess } from "../parts/lane-access.js";
import { LaneCommands } from "../parts/lane-commands.js";
import { LanePicture } from "../parts/lane-picture.js";
import { Notice } from "../parts/notice.js";
import { Card, PageFrame } from "../parts/page.js";
import { Link } from "../router.js";
import { useLoad } from "../use-load.js";

const everyMs = 2000;

/** One lane: how it fares, its picture, and what it can be told. */
export function TerminalPage({ store, terminal }: { store: string; terminal: string }) {
  const { t, client, storeLabel } = useHq();
  const path = terminalPath(store, terminal);
  const loaded = useLoad(
    async (signal) => {
      const [lane, heads, { commands }] = await Promise.all([
        client.get(path, Terminal, signal),
        readHeads(client, signal),
        client.get(`${path}/commands?limit=10`, Commands, signal),
      ]);
      return { lane, heads, commands };
    },
    path,
    everyMs,
  );
  const back = (
    <Link className="back" href={pathOf("fleet")}>
      <Icon name="back" />
      {t.menu.fleet}
    </Link>
  );
  return (
    <PageFrame title={`${storeLabel(store)} · ${loaded.data?.lane.label || terminal}`} back={back}>
      <WhenLoaded t={t} loaded={loaded}>
        {({ lane, heads, commands }) => (
          <div className="columns">
            <div className="stack">
              <Health lane={lane} heads={heads} />
              <LaneCommands path={path} lane={lane} commands={commands} onSent={loaded.reload} />
            </div>
            <div className="stack">
              <LanePicture path={path} lane={lane} commands={commands} onSent={loaded.reload} />
              <LaneAccess path={path} lane={lane} onChanged={loaded.reload} />
            </div>
          </div>
        )}
      </WhenLoaded>
    </PageFrame>
  );
}

const stateTones = { live: "good", late: "ask", gone: "bad", never: "quiet" } as const;

function Health({ lane, heads }: { lane: Terminal; heads: Heads }) {
  const { t, locale } = useHq();
  const { beat, birth, lastSeen } = lane;
  const state = laneState(lane);
  const behind = lsnBehind(lane, heads);
  const held = heldAt(lane);
  const stale = state !== "live";
  const waiting = Object.values(beat?.backlog ?? {}).reduce((sum, n) => sum + (n ?? 0), 0);
  return (
    <Card title={t.fleet.howItFares}>
      <p className="line-badges">
        <Badge tone={stateTones[state]}>{t.fleet.states[state]}</Badge>
        {beat && !stale && (
          <Badge tone={beat.health === "ok" ? "good" : "ask"}>{t.fleet.health[beat.health]}</Badge>
        )}
        {beat?.serviceMode && <Badge tone="ask">{t.fleet.service}</Badge>}
        {beat?.helpWanted && <Badge tone="ask">{t.fleet.helpWanted}</Badge>}
      </p>
      {stale && lastSeen && (
        <Notice tone="ask">
          {t.fleet.staleHint} <Ago at={lastSeen} locale={locale} />.
        </Notice>
      )}
      {Object.entries(beat?.troubles ?? {}).map(([part, what]) => (
        <Notice key={part} tone="ask">
          <strong>{t.fleet.parts[part] ?? part}</strong>
          <p>{what}</p>
        </Notice>
      ))}
      <dl className="facts">
        <Fact name={t.common.lsn}>
          {beat?.lsn ?? "–"} {behind !== null && (behind > 0 ? t.fleet.behind(behind) : t.fleet.upToDate)}
          {held !== null && ` · ${t.fleet.heldAt(held)}`}
        </Fact>
        <Fact name={t.fleet.lastSeen}>
          {lastSeen ? <Ago at={lastSeen} locale={locale} /> : t.fleet.states.never}
        </Fact>
        <Fact name={t.fleet.basket}>{beat ? t.fleet.baskets[beat.basket] : "–"}</Fact>
        <Fact name={t.fleet.waitingUp}>{waiting === 0 ? t.common.nothing : waiting}</Fact>
        <Fact name={t.fleet.version}>{birth?.version ?? "–"}</Fact>
        {Object.entries(birth?.models ?? {}).map(([role, model]) => (
          <Fact key={role} name={t.fleet.models[role] ?? role}>
            {model.id} <span className="hint">({model.provider})</span>
          </Fact>
        ))}
        <Fact name={t.fleet.group}>{lane.group || t.fleet.noGroup}</Fact>
        <Fact name={t.fleet.settings}>
          {lane.settings.version === 0
            ? t.fleet.noSettings
            : t.fleet.settingsAt(lane.settings.version, lane.settings.reported?.version ?? 0)}
        </Fact>
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
