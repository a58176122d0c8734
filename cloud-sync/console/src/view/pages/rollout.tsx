import { useState } from "react";
import { Rollout } from "../../api/schemas.js";
import { pathOf } from "../../state/route.js";
import { useHq } from "../hq.js";
import { Ago, Badge, Bar, WhenLoaded } from "../parts/bits.js";
import { Dialog } from "../parts/dialog.js";
import { Icon, type IconName } from "../parts/icon.js";
import { Notice, ProblemNotice } from "../parts/notice.js";
import { Card, PageFrame } from "../parts/page.js";
import { rolloutTones } from "../parts/rollout-tones.js";
import { Link } from "../router.js";
import { useLoad } from "../use-load.js";
import { useTask } from "../use-task.js";

const everyMs = 2500;
type Action = "start" | "pause" | "resume" | "roll-back";
const icons: Readonly<Record<Action, IconName>> = {
  ...{ start: "play", pause: "pause", resume: "play", "roll-back": "undo" },
};
/** What can be done in which state; see the rollout's machine. */
const actions: Readonly<Record<Rollout["state"]["status"], readonly Action[]>> = {
  ...{ draft: ["start"], running: ["pause", "roll-back"], paused: ["resume", "roll-back"] },
  ...{ rollingBack: [], rolledBack: [], done: ["roll-back"] },
};

/** One rollout: where it stands, why, and each terminal. */
export function RolloutPage({ id }: { id: string }) {
  const { t, client, locale, mayRule } = useHq();
  const path = `/api/fleet/rollouts/${encodeURIComponent(id)}`;
  const loaded = useLoad((signal) => client.get(path, Rollout, signal), path, everyMs);
  const back = (
    <Link className="back" href={pathOf("rollouts")}>
      <Icon name="back" />
      {t.menu.rollouts}
    </Link>
  );
  const known = loaded.data;
  return (
    <PageFrame
      title={known?.plan.name ?? t.menu.rollouts}
      back={back}
      hint={
        known && (
          <>
            {t.rollouts.target(known.plan.target)} · {known.actor} ·{" "}
            <Ago at={known.createdAt} locale={locale} />
          </>
        )
      }
      tools={known && mayRule && <Actions path={path} rollout={known} onDone={loaded.reload} />}
    >
      <WhenLoaded t={t} loaded={loaded}>
        {({ plan, state, reports = {} }) => (
          <div className="stack">
            <p className="line-badges">
              <Badge tone={rolloutTones[state.status]}>{t.rollouts.states[state.status]}</Badge>
            </p>
            <p role="status">{t.rollouts.explain[state.status]}</p>
            {state.why && (state.status === "paused" || state.status === "rolledBack") && (
              <Notice tone="ask">{state.why}</Notice>
            )}
            {plan.stages.map((stage, i) => {
              const done = stage.terminals.filter((name) => reports[name] === "succeeded").length;
              const failed = stage.terminals.filter((name) => reports[name] === "failed");
              const at = i < state.stage ? "over" : i === state.stage ? "now" : "later";
              return (
                <Card key={stage.name} title={`${i + 1}. ${stage.name}`}>
                  <p className="line-badges">
                    <Badge tone={at === "now" ? "good" : "quiet"}>{t.rollouts.stageStates[at]}</Badge>
                    <span className="hint">
                      {t.rollouts.rules(
                        stage.successPercent,
                        stage.errorPercent,
                        Math.round(stage.soakSeconds / 60),
                      )}
                    </span>
                  </p>
                  <Bar label={stage.name} value={done} max={stage.terminals.length} />
                  <p>
                    {t.rollouts.arrived(done, stage.terminals.length)}
                    {failed.length > 0 && ` · ${t.rollouts.failed(failed.length)}`}
                  </p>
                  <ul className="chips">
                    {stage.terminals.slice(0, 200).map((name) => (
                      <li key={name}>
                        <Link
                          href={pathOf("fleet", ...name.split("/"))}
                          className="chip"
                          data-report={reports[name]}
                        >
                          {name}
                          <span className="unseen">: {t.rollouts.reports[reports[name] ?? "pending"]}</span>
                        </Link>
                      </li>
                    ))}
                  </ul>
                </Card>
              );
            })}
          </div>
        )}
      </WhenLoaded>
    </PageFrame>
  );
}

function Actions({ path, rollout, onDone }: { path: string; rollout: Rollout; onDone: () => void }) {
  const { t, client } = useHq();
  const [asking, setAsking] = useState(false);
  const { target } = rollout.plan;
  const undoTo = target.kind === "catalog" ? target.undoToLsn : undefined;
  const task = useTask();
  const act = async (action: Action) => {
    setAsking(false);
    await task.run(() => client.ask("POST", `${path}/${action}`, { schema: Rollout }));
    onDone();
  };
  return (
    <>
      {actions[rollout.state.status].map((action) => (
        <button
          key={action}
          type="button"
          className={action === "roll-back" ? "button danger" : "button primary"}
          disabled={task.busy}
          onClick={() => (action === "roll-back" ? setAsking(true) : void act(action))}
        >
          <Icon name={icons[action]} />
          {t.rollouts.actions[action]}
        </button>
      ))}
      <ProblemNotice t={t} error={task.error} />
      {asking && (
        <Dialog title={t.rollouts.rollBackTitle} closeText={t.common.close} onClose={() => setAsking(false)}>
          <p>{undoTo === undefined ? t.rollouts.rollBackHint : t.rollouts.undoesHint(undoTo)}</p>
          <div className="actions">
            <button type="button" className="button" data-first onClick={() => setAsking(false)}>
              {t.common.cancel}
            </button>
            <button type="button" className="button danger filled" onClick={() => void act("roll-back")}>
              {t.rollouts.actions["roll-back"]}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}
