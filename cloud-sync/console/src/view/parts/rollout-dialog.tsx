import { type FormEvent, useState } from "react";
import { type FleetNow, readFleet } from "../../api/fleet.js";
import { Rollout } from "../../api/schemas.js";
import {
  type RolloutForm,
  type RolloutWrong,
  readRollout,
  type StageForm,
  stageForm,
} from "../../state/rollout-form.js";
import { useHq } from "../hq.js";
import { useLoad } from "../use-load.js";
import { useTask } from "../use-task.js";
import { WhenLoaded } from "./bits.js";
import { Dialog } from "./dialog.js";
import { CheckField, Choice, TextField } from "./field.js";
import { Icon } from "./icon.js";
import { ProblemNotice } from "./notice.js";

interface Props {
  readonly onClose: () => void;
  readonly onMade: (id: string) => void;
}

export function RolloutDialog({ onClose, onMade }: Props) {
  const { t, client } = useHq();
  const fleet = useLoad((signal) => readFleet(client, signal), "fleet");
  return (
    <Dialog title={t.rollouts.make} closeText={t.common.close} onClose={onClose} wide>
      <WhenLoaded t={t} loaded={fleet}>
        {(now) => <RolloutEditor fleet={now} onMade={onMade} />}
      </WhenLoaded>
    </Dialog>
  );
}

function RolloutEditor({ fleet, onMade }: { fleet: FleetNow; onMade: Props["onMade"] }) {
  const { t, client } = useHq();
  const groups = [
    ...new Set(fleet.terminals.map(({ group }) => group).filter((group) => group !== "")),
  ].sort();
  const canary = groups.find((group) => /canary|pilot|test/.test(group));
  const first = fleet.terminals.find(({ presence }) => presence === "online") ?? fleet.terminals[0];
  const [form, setForm] = useState<RolloutForm>(() => ({
    ...{ name: "", kind: "catalog", lsn: String(fleet.heads.lsn), model: "", onError: "rollBack" },
    stages: [
      stageForm(t.rollouts.canary, canary ? [canary] : first ? [`${first.store}/${first.terminal}`] : []),
      stageForm(t.rollouts.everybody, ["*"]),
    ],
  }));
  const [errors, setErrors] = useState<Readonly<Record<string, RolloutWrong>>>({});
  const task = useTask();
  const wrong = (field: string) => errors[field] && t.rollouts.wrong[errors[field]];
  const setStage = (at: number, part: Partial<StageForm>) =>
    setForm({ ...form, stages: form.stages.map((stage, i) => (i === at ? { ...stage, ...part } : stage)) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readRollout(form);
    setErrors("errors" in read ? read.errors : {});
    if ("errors" in read) return;
    void task.run(async () => {
      const { data } = await client.ask("POST", "/api/fleet/rollouts", { schema: Rollout, body: read.body });
      onMade(data.id);
    });
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <TextField
        label={t.rollouts.name}
        value={form.name}
        maxLength={120}
        error={wrong("name")}
        placeholder={t.rollouts.nameExample}
        onValue={(name) => setForm({ ...form, name })}
      />
      <Choice
        legend={t.rollouts.what}
        value={form.kind}
        onValue={(kind) => setForm({ ...form, kind })}
        options={[
          ["catalog", t.rollouts.catalog],
          ["model", t.rollouts.model],
        ]}
      />
      {form.kind === "catalog" ? (
        <TextField
          label={t.rollouts.lsn}
          hint={t.rollouts.lsnHint(fleet.heads.lsn)}
          value={form.lsn}
          inputMode="numeric"
          error={wrong("lsn")}
          onValue={(lsn) => setForm({ ...form, lsn })}
        />
      ) : (
        <TextField
          label={t.rollouts.modelId}
          hint={t.rollouts.modelHint}
          value={form.model}
          error={wrong("model")}
          onValue={(model) => setForm({ ...form, model })}
        />
      )}
      {form.stages.map((stage, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a stage is its place in the order
        <fieldset className="stage" key={i}>
          <legend>{t.rollouts.stage(i + 1)}</legend>
          <StageFields
            stage={stage}
            fleet={fleet}
            groups={groups}
            error={(f) => wrong(`stages.${i}.${f}`)}
            onStage={(part) => setStage(i, part)}
          />
          {form.stages.length > 1 && (
            <button
              type="button"
              className="button small quiet"
              onClick={() => setForm({ ...form, stages: form.stages.filter((_, at) => at !== i) })}
            >
              <Icon name="bin" />
              {t.rollouts.removeStage}
            </button>
          )}
        </fieldset>
      ))}
      <button
        type="button"
        className="button small"
        onClick={() => setForm({ ...form, stages: [...form.stages, stageForm("", [])] })}
      >
        <Icon name="plus" />
        {t.rollouts.addStage}
      </button>
      <Choice
        legend={t.rollouts.onError}
        value={form.onError}
        onValue={(onError) => setForm({ ...form, onError })}
        options={[
          ["rollBack", t.rollouts.rollBackOnError],
          ["pause", t.rollouts.pauseOnError],
        ]}
      />
      <ProblemNotice t={t} error={task.error} />
      <div className="actions">
        <button type="submit" className="button primary" disabled={task.busy}>
          {t.rollouts.create}
        </button>
      </div>
    </form>
  );
}

interface StageProps {
  readonly stage: StageForm;
  readonly fleet: FleetNow;
  readonly groups: readonly string[];
  readonly error: (field: string) => string | undefined;
  readonly onStage: (part: Partial<StageForm>) => void;
}

function StageFields({ stage, fleet, groups, error, onStage }: StageProps) {
  const { t, storeLabel } = useHq();
  const members: (readonly [id: string, text: string])[] = [
    ["*", t.rollouts.allLeft],
    ...groups.map((group) => [group, t.rollouts.groupNamed(group)] as const),
    ...fleet.terminals.map(
      ({ store, terminal, label }) =>
        [`${store}/${terminal}`, `${storeLabel(store)} · ${label || terminal}`] as const,
    ),
  ];
  const toggle = (id: string, on: boolean) =>
    onStage({ members: on ? [...stage.members, id] : stage.members.filter((member) => member !== id) });
  const number = (field: "successPercent" | "errorPercent" | "soakMinutes", suffix: string) => (
    <TextField
      label={t.rollouts[field]}
      value={stage[field]}
      inputMode="decimal"
      error={error(field)}
      onValue={(value) => onStage({ [field]: value })}
      after={<span className="suffix">{suffix}</span>}
    />
  );
  return (
    <>
      <TextField
        label={t.rollouts.stageName}
        value={stage.name}
        maxLength={60}
        onValue={(name) => onStage({ name })}
      />
      <fieldset className="plain members">
        <legend>{t.rollouts.who}</legend>
        {members.map(([id, text]) => (
          <CheckField
            key={id}
            label={text}
            checked={stage.members.includes(id)}
            onValue={(on) => toggle(id, on)}
          />
        ))}
        {error("members") && <p className="field-error">{error("members")}</p>}
      </fieldset>
      <div className="grid three">
        {number("successPercent", "%")}
        {number("errorPercent", "%")}
        {number("soakMinutes", "min")}
      </div>
    </>
  );
}
