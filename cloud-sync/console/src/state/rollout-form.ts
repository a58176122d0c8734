/** A rollout as a person plans it: first a few lanes, then more, then all. */
export interface RolloutForm {
  readonly name: string;
  readonly kind: "catalog" | "model";
  readonly lsn: string;
  /** Empty: taking it back leaves the catalog as it is. */
  readonly undoToLsn: string;
  readonly model: string;
  readonly onError: "pause" | "rollBack";
  readonly stages: readonly StageForm[];
}

export interface StageForm {
  readonly name: string;
  /** Groups and terminals (`STORE/TERMINAL`); `*` is everybody that is left. */
  readonly members: readonly string[];
  readonly successPercent: string;
  readonly errorPercent: string;
  readonly soakMinutes: string;
}

export type RolloutWrong = "name" | "lsn" | "undo" | "model" | "members" | "percent" | "minutes";

export const stageForm = (name: string, members: readonly string[]): StageForm => ({
  ...{ name, members, successPercent: "95", errorPercent: "5", soakMinutes: "10" },
});

const whole = (text: string, least: number, most: number): number | null => {
  const value = Number(text.trim().replace(",", "."));
  return text.trim() !== "" && value >= least && value <= most ? value : null;
};

/** Body of `POST /api/fleet/rollouts`, or what is wrong by field (`stages.0.members`). */
export function readRollout(
  form: RolloutForm,
): { readonly body: object } | { readonly errors: Readonly<Record<string, RolloutWrong>> } {
  const errors: Record<string, RolloutWrong> = {};
  if (form.name.trim() === "") errors.name = "name";
  const lsn = whole(form.lsn, 1, Number.MAX_SAFE_INTEGER);
  if (form.kind === "catalog" && (lsn === null || !Number.isInteger(lsn))) errors.lsn = "lsn";
  const undoToLsn = form.undoToLsn.trim() === "" ? undefined : whole(form.undoToLsn, 0, (lsn ?? 1) - 1);
  if (form.kind === "catalog" && (undoToLsn === null || !Number.isInteger(undoToLsn ?? 0)))
    errors.undoToLsn = "undo";
  if (form.kind === "model" && form.model.trim() === "") errors.model = "model";
  const stages = form.stages.map((stage, i) => {
    const success = whole(stage.successPercent, 1, 100);
    const error = whole(stage.errorPercent, 0, 100);
    const minutes = whole(stage.soakMinutes, 0, 10_080);
    if (stage.members.length === 0) errors[`stages.${i}.members`] = "members";
    if (success === null) errors[`stages.${i}.successPercent`] = "percent";
    if (error === null) errors[`stages.${i}.errorPercent`] = "percent";
    if (minutes === null) errors[`stages.${i}.soakMinutes`] = "minutes";
    return {
      name: stage.name.trim() || String(i + 1),
      groups: stage.members.filter((member) => !member.includes("/")),
      terminals: stage.members.filter((member) => member.includes("/")),
      ...{ successPercent: success, errorPercent: error, soakSeconds: (minutes ?? 0) * 60 },
    };
  });
  if (Object.keys(errors).length > 0) return { errors };
  const target =
    form.kind === "catalog" ? { kind: "catalog", lsn, undoToLsn } : { kind: "model", id: form.model.trim() };
  return { body: { name: form.name.trim(), target, onError: form.onError, stages } };
}
