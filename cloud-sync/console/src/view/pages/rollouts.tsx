import { useState } from "react";
import { Rollouts } from "../../api/schemas.js";
import { pathOf } from "../../state/route.js";
import { useHq } from "../hq.js";
import { Ago, Badge, Empty, WhenLoaded } from "../parts/bits.js";
import { Icon } from "../parts/icon.js";
import { NetworksCard } from "../parts/networks-card.js";
import { PageFrame } from "../parts/page.js";
import { RolloutDialog } from "../parts/rollout-dialog.js";
import { rolloutTones } from "../parts/rollout-tones.js";
import { Link, useRouter } from "../router.js";
import { useLoad } from "../use-load.js";

const everyMs = 5000;

/** A catalog or a network brought to the fleet step by step. */
export function RolloutsPage() {
  const { t, client, mayRule, locale } = useHq();
  const { go } = useRouter();
  const [making, setMaking] = useState(false);
  const loaded = useLoad(
    async (signal) => (await client.get("/api/fleet/rollouts", Rollouts, signal)).rollouts,
    "rollouts",
    everyMs,
  );
  const tools = mayRule && (
    <button type="button" className="button primary" onClick={() => setMaking(true)}>
      <Icon name="plus" />
      {t.rollouts.make}
    </button>
  );
  return (
    <PageFrame title={t.menu.rollouts} hint={t.rollouts.hint} tools={tools}>
      <WhenLoaded t={t} loaded={loaded}>
        {(rollouts) =>
          rollouts.length === 0 ? (
            <Empty icon="rollouts" title={t.rollouts.none}>
              <p>{t.rollouts.noneHint}</p>
            </Empty>
          ) : (
            <ul className="lines card">
              {rollouts.map(({ id, plan, state, actor, createdAt }) => (
                <li key={id}>
                  <span className="line-main">
                    <Link href={pathOf("rollouts", id)}>{plan.name}</Link>
                    <span className="hint">
                      {t.rollouts.target(plan.target)} · {actor} · <Ago at={createdAt} locale={locale} />
                    </span>
                  </span>
                  <span className="hint">
                    {state.stage >= 0 && t.rollouts.stageOf(state.stage + 1, plan.stages.length)}
                  </span>
                  <Badge tone={rolloutTones[state.status]}>{t.rollouts.states[state.status]}</Badge>
                </li>
              ))}
            </ul>
          )
        }
      </WhenLoaded>
      <NetworksCard />
      {making && (
        <RolloutDialog onClose={() => setMaking(false)} onMade={(id) => go(pathOf("rollouts", id))} />
      )}
    </PageFrame>
  );
}
