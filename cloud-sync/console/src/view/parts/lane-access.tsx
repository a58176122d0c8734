import { type FormEvent, useState } from "react";
import { z } from "zod";
import type { Terminal } from "../../api/schemas.js";
import { useHq } from "../hq.js";
import { useTask } from "../use-task.js";
import { Badge } from "./bits.js";
import { Dialog } from "./dialog.js";
import { TextField } from "./field.js";
import { ProblemNotice } from "./notice.js";
import { Card } from "./page.js";

interface Props {
  readonly path: string;
  readonly lane: Terminal;
  readonly onChanged: () => void;
}

const tones = { none: "quiet", active: "good", revoked: "bad" } as const;

/** What a lane is called, its group, and whether it may connect. */
export function LaneAccess({ path, lane, onChanged }: Props) {
  const { t, client, mayRule, say } = useHq();
  const [label, setLabel] = useState(lane.label);
  const [group, setGroup] = useState(lane.group);
  const [asking, setAsking] = useState(false);
  const task = useTask();
  const dirty = label !== lane.label || group !== lane.group;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const body = { label: label.trim(), group: group.trim() };
    if (!(await task.run(() => client.ask("PATCH", path, { body })))) return;
    say({ text: t.common.saved });
    onChanged();
  };
  const revoke = async () => {
    const schema = z.object({ revoked: z.boolean() });
    const worked = await task.run(() => client.ask("DELETE", `${path}/credential`, { schema }));
    setAsking(false);
    if (worked) onChanged();
  };
  return (
    <Card title={t.fleet.accessTitle}>
      {mayRule && (
        <form className="stack" onSubmit={save}>
          <div className="grid">
            <TextField
              label={t.fleet.laneName}
              value={label}
              onValue={setLabel}
              maxLength={120}
              placeholder={lane.terminal}
            />
            <TextField
              label={t.fleet.group}
              value={group}
              onValue={setGroup}
              pattern="[a-z0-9][a-z0-9\-]*"
              maxLength={60}
              hint={t.fleet.groupHint}
            />
          </div>
          {dirty && (
            <div className="actions">
              <button type="submit" className="button primary" disabled={task.busy}>
                {t.common.save}
              </button>
            </div>
          )}
        </form>
      )}
      <ProblemNotice t={t} error={task.error} />
      <div className="line-badges">
        <Badge tone={tones[lane.credential]}>{t.fleet.credentials[lane.credential]}</Badge>
        {mayRule && lane.credential === "active" && (
          <button type="button" className="button small danger" onClick={() => setAsking(true)}>
            {t.fleet.revoke}
          </button>
        )}
      </div>
      {asking && (
        <Dialog title={t.fleet.revokeTitle} closeText={t.common.close} onClose={() => setAsking(false)}>
          <p>{t.fleet.revokeHint}</p>
          <div className="actions">
            <button type="button" className="button" data-first onClick={() => setAsking(false)}>
              {t.common.cancel}
            </button>
            <button
              type="button"
              className="button danger filled"
              disabled={task.busy}
              onClick={() => void revoke()}
            >
              {t.fleet.revoke}
            </button>
          </div>
        </Dialog>
      )}
    </Card>
  );
}
