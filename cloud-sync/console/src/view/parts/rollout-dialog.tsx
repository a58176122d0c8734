import type { ModelRecord } from "@tillsight/cloud-sync/api";
import { type FormEvent, useState } from "react";
import { type FleetNow, readFleet } from "../../api/fleet.js";
import { Rollout } from "../../api/schemas.js";
import type { Strings } from "../../i18n/index.js";
import { type RolloutForm, type RolloutWrong, readRollout, stageForm } from "../../state/rollout-form.js";
import { useHq } from "../hq.js";
import { useLoad } from "../use-load.js";
import { useTask } from "../use-task.js";
import { WhenLoaded } from "./bits.js";
import { Dialog } from "./dialog.js";
import { Choice, SelectField, TextField } from "./field.js";
import { readModels } from "./networks-card.js";
import { ProblemNotice } from "./notice.js";
import { groupsOf, RolloutStages } from "./rollout-stages.js";

interface Props {
  readonly onClose: () => void;
  readonly onMade: (id: string) => void;
}

export function RolloutDialog({ onClose, onMade }: Props) {
  const { t, client } = useHq();
  const fleet = useLoad(async (signal) => {
    const [now, models] = await Promise.all([readFleet(client, signal), readModels(client, signal)]);
    return { ...now, models };
  }, "fleet");
  return (
    <Dialog title={t.rollouts.make} closeText={t.common.close} onClose={onClose} wide>
      <WhenLoaded t={t} loaded={fleet}>
        {(now) => <RolloutEditor fleet={now} onMade={onMade} />}
      </WhenLoaded>
    </Dialog>
  );
}

interface Choices extends FleetNow {
  readonly models: readonly ModelRecord[];
}

function RolloutEditor({ fleet, onMade }: { fleet: Choices; onMade: Props["onMade"] }) {
  const { t, client } = useHq();
  const [form, setForm] = useState<RolloutForm>(() => firstForm(t, fleet));
  const [errors, setErrors] = useState<Readonly<Record<string, RolloutWrong>>>({});
  const task = useTask();
  const wrong = (field: string) => errors[field] && t.rollouts.wrong[errors[field]];
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
      <TargetField form={form} fleet={fleet} error={wrong} onForm={setForm} />
      <RolloutStages
        stages={form.stages}
        fleet={fleet}
        error={wrong}
        onStages={(stages) => setForm({ ...form, stages })}
      />
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

/** The newest catalog, first to the canaries or one lane that is live, then to everybody. */
function firstForm(t: Strings, { terminals, heads, models }: Choices): RolloutForm {
  const canary = groupsOf(terminals).find((group) => /canary|pilot|test/.test(group));
  const first = terminals.find(({ presence }) => presence === "online") ?? terminals[0];
  const few = canary ? [canary] : first ? [`${first.store}/${first.terminal}`] : [];
  return {
    ...{
      name: "",
      kind: "catalog",
      lsn: String(heads.lsn),
      undoToLsn: "",
      model: models[0]?.id ?? "",
      onError: "rollBack",
    },
    stages: [stageForm(t.rollouts.canary, few), stageForm(t.rollouts.everybody, ["*"])],
  };
}

interface TargetProps {
  readonly form: RolloutForm;
  readonly fleet: Choices;
  readonly error: (field: string) => string | undefined;
  readonly onForm: (form: RolloutForm) => void;
}

function TargetField({ form, fleet, error, onForm }: TargetProps) {
  const { t } = useHq();
  return form.kind === "catalog" ? (
    <div className="grid">
      <TextField
        label={t.rollouts.lsn}
        hint={t.rollouts.lsnHint(fleet.heads.lsn)}
        value={form.lsn}
        inputMode="numeric"
        error={error("lsn")}
        onValue={(lsn) => onForm({ ...form, lsn })}
      />
      <TextField
        label={t.rollouts.undoToLsn}
        hint={t.rollouts.undoHint}
        value={form.undoToLsn}
        inputMode="numeric"
        error={error("undoToLsn")}
        onValue={(undoToLsn) => onForm({ ...form, undoToLsn })}
      />
    </div>
  ) : (
    <SelectField
      label={t.rollouts.modelId}
      hint={fleet.models.length === 0 ? t.networks.noneYet : t.rollouts.modelHint}
      value={form.model}
      error={error("model")}
      options={fleet.models.map(({ id, kind }) => [id, `${id} (${t.networks.kinds[kind]})`])}
      onValue={(model) => onForm({ ...form, model })}
    />
  );
}
