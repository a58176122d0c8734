import type { FleetNow } from "../../api/fleet.js";
import type { Terminal } from "../../api/schemas.js";
import { type StageForm, stageForm } from "../../state/rollout-form.js";
import { useHq } from "../hq.js";
import { CheckField, TextField } from "./field.js";
import { Icon } from "./icon.js";

/** Names of groups that there are. */
export const groupsOf = (terminals: readonly Terminal[]): string[] =>
  [...new Set(terminals.map(({ group }) => group).filter((group) => group !== ""))].sort();

interface Props {
  readonly stages: readonly StageForm[];
  readonly fleet: FleetNow;
  /** By paths such as `stages.0.members`. */
  readonly error: (field: string) => string | undefined;
  readonly onStages: (stages: readonly StageForm[]) => void;
}

export function RolloutStages({ stages, fleet, error, onStages }: Props) {
  const { t } = useHq();
  return (
    <>
      {stages.map((stage, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a stage is its place in the order
        <fieldset className="stage" key={i}>
          <legend>{t.rollouts.stage(i + 1)}</legend>
          <StageFields
            stage={stage}
            fleet={fleet}
            error={(field) => error(`stages.${i}.${field}`)}
            onStage={(part) => onStages(stages.map((one, at) => (at === i ? { ...one, ...part } : one)))}
          />
          {stages.length > 1 && (
            <button
              type="button"
              className="button small quiet"
              onClick={() => onStages(stages.filter((_, at) => at !== i))}
            >
              <Icon name="bin" />
              {t.rollouts.removeStage}
            </button>
          )}
        </fieldset>
      ))}
      <button type="button" className="button small" onClick={() => onStages([...stages, stageForm("", [])])}>
        <Icon name="plus" />
        {t.rollouts.addStage}
      </button>
    </>
  );
}

interface StageProps {
  readonly stage: StageForm;
  readonly fleet: FleetNow;
  readonly error: (field: string) => string | undefined;
  readonly onStage: (part: Partial<StageForm>) => void;
}

function StageFields({ stage, fleet, error, onStage }: StageProps) {
  const { t, storeLabel } = useHq();
  const members: (readonly [id: string, text: string])[] = [
    ["*", t.rollouts.allLeft],
    ...groupsOf(fleet.terminals).map((group) => [group, t.rollouts.groupNamed(group)] as const),
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
