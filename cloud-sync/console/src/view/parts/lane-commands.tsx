import { useState } from "react";
import { Command, type Terminal } from "../../api/schemas.js";
import { useHq } from "../hq.js";
import { useTask } from "../use-task.js";
import { Ago, Badge } from "./bits.js";
import { Dialog } from "./dialog.js";
import { Icon } from "./icon.js";
import { ProblemNotice } from "./notice.js";
import { Card } from "./page.js";

interface Props {
  readonly path: string;
  readonly lane: Terminal;
  readonly commands: readonly Command[];
  readonly onSent: () => void;
}

/** A lane that is away still gets it when it is back within this time, s. */
const deadlineSeconds = 300;
const tones = { waiting: "quiet", done: "good", failed: "bad", expired: "ask" } as const;

/** What a lane can be told, and what became of what it was told. */
export function LaneCommands({ path, lane, commands, onSent }: Props) {
  const { t, client, mayRule, locale } = useHq();
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const service = lane.beat?.serviceMode ?? false;
  const tell = (command: object) =>
    task.run(async () => {
      const body = { command, seconds: deadlineSeconds };
      await client.ask("POST", `${path}/commands`, { schema: Command, body });
      onSent();
    });
  return (
    <Card title={t.fleet.commandsTitle}>
      {mayRule && (
        <div className="actions start">
          <button type="button" className="button" disabled={task.busy} onClick={() => setAsking(true)}>
            <Icon name="refresh" />
            {t.fleet.restart}
          </button>
          <button
            type="button"
            className="button"
            disabled={task.busy}
            onClick={() => void tell({ do: "service", on: !service })}
          >
            <Icon name={service ? "play" : "pause"} />
            {service ? t.fleet.endService : t.fleet.beginService}
          </button>
        </div>
      )}
      <ProblemNotice t={t} error={task.error} />
      {commands.length === 0 && <p className="hint">{t.fleet.noCommands}</p>}
      <ul className="lines" aria-live="polite">
        {commands.map((command) => (
          <li key={command.id}>
            <span className="line-main">
              {t.fleet.commands[commandKey(command.command)] ?? command.command.do}
              <span className="hint">
                {command.actor} · <Ago at={command.createdAt} locale={locale} />
                {command.detail && ` · ${command.detail}`}
              </span>
            </span>
            <Badge tone={tones[command.state]}>{t.fleet.commandStates[command.state]}</Badge>
          </li>
        ))}
      </ul>
      {asking && (
        <Dialog title={t.fleet.restartTitle} closeText={t.common.close} onClose={() => setAsking(false)}>
          <p>{t.fleet.restartHint}</p>
          <div className="actions">
            <button type="button" className="button" data-first onClick={() => setAsking(false)}>
              {t.common.cancel}
            </button>
            <button
              type="button"
              className="button primary"
              onClick={() => {
                setAsking(false);
                void tell({ do: "restart" });
              }}
            >
              {t.fleet.restart}
            </button>
          </div>
        </Dialog>
      )}
    </Card>
  );
}

const commandKey = (command: Command["command"]): string =>
  command.do === "service" ? (command.on ? "serviceOn" : "serviceOff") : command.do;
