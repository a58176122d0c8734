import { RemoteSettings } from "@tillsight/contracts";
import type { RolloutPlan, RolloutStage, RolloutState, RolloutTarget, TerminalReport } from "./plan.js";

export type RolloutInput =
  | { readonly on: "start" | "pause" | "resume" | "rollBack"; readonly at: number; readonly by?: string }
  /** `reports`: of every terminal of the plan; `reverted`: those that are back where they were. */
  | {
      readonly on: "tick";
      readonly at: number;
      readonly reports: ReadonlyMap<string, TerminalReport>;
      readonly reverted: ReadonlySet<string>;
    };

export const draft: RolloutState = {
  ...{ status: "draft", stage: -1, stageBeganAt: 0, wellSince: null, why: "", undoneLsn: null },
};

/** How long terminals are waited for that are to go back, ms. */
const revertPatienceMs = 600_000;

/** The next state; the same one when nothing changes; undefined when this cannot be done in this state. */
export function nextRollout(
  plan: RolloutPlan,
  state: RolloutState,
  input: RolloutInput,
): RolloutState | undefined {
  const { status } = state;
  switch (input.on) {
    case "start":
      return status === "draft" ? beginStage(plan, 0, input.at) : undefined;
    case "pause":
      return status === "running"
        ? { ...state, status: "paused", why: `${input.by ?? "somebody"} paused it` }
        : undefined;
    case "resume":
      // The stage gets its whole time again: whoever resumes it has seen to what was wrong.
      return status === "paused"
        ? { ...state, status: "running", stageBeganAt: input.at, wellSince: null, why: "resumed" }
        : undefined;
    case "rollBack":
      return status === "running" || status === "paused" || status === "done"
        ? rollBack(state, input.at, `${input.by ?? "somebody"} asked for it`)
        : undefined;
    case "tick":
      if (status === "running") return tick(plan, state, input);
      return status === "rollingBack" ? tickBack(plan, state, input) : state;
  }
}

type Tick = Extract<RolloutInput, { on: "tick" }>;

function beginStage(plan: RolloutPlan, stage: number, at: number): RolloutState {
  const why = `stage ${stage + 1} of ${plan.stages.length}: ${plan.stages[stage]?.name}`;
  return { ...draft, status: "running", stage, stageBeganAt: at, why };
}

const rollBack = (state: RolloutState, at: number, why: string): RolloutState => ({
  ...{ ...state, status: "rollingBack", stageBeganAt: at, wellSince: null, why },
});

function tick(plan: RolloutPlan, state: RolloutState, { at, reports }: Tick): RolloutState {
  const stage = plan.stages[state.stage];
  if (!stage) return state;
  // Of everything begun: a terminal of the canary that fails later is no less a warning.
  const begun = plan.stages.slice(0, state.stage + 1).flatMap(({ terminals }) => terminals);
  const failed = begun.filter((terminal) => reports.get(terminal) === "failed");
  if (failed.length * 100 > stage.errorPercent * begun.length) return tooManyErrors(plan, state, at, failed);
  const succeeded = stage.terminals.filter((terminal) => reports.get(terminal) === "succeeded").length;
  if (succeeded * 100 < stage.successPercent * stage.terminals.length)
    return notYet(state, stage, at, succeeded);
  const wellSince = state.wellSince ?? at;
  if (at - wellSince < stage.soakSeconds * 1000)
    return state.wellSince === null
      ? { ...state, wellSince, why: `${stage.name} is well; it must last` }
      : state;
  if (state.stage + 1 < plan.stages.length) return beginStage(plan, state.stage + 1, at);
  return {
    ...state,
    status: "done",
    wellSince,
    why: `${succeeded} of ${stage.terminals.length} in the last stage`,
  };
}

function tooManyErrors(plan: RolloutPlan, state: RolloutState, at: number, failed: string[]): RolloutState {
  const names = failed.slice(0, 5).join(", ");
  const why = `too many terminals failed: ${names}${failed.length > 5 ? " and others" : ""}`;
  return plan.onError === "rollBack"
    ? rollBack(state, at, why)
    : { ...state, status: "paused", wellSince: null, why };
}

function notYet(state: RolloutState, stage: RolloutStage, at: number, succeeded: number): RolloutState {
  if (at - state.stageBeganAt >= stage.timeoutSeconds * 1000)
    return {
      ...{ ...state, status: "paused", wellSince: null },
      why: `${stage.name} took too long: ${succeeded} of ${stage.terminals.length} are at the target`,
    };
  return state.wellSince === null
    ? state
    : { ...state, wellSince: null, why: `${stage.name} is not well any more` };
}

/** Whether its changes are still to be undone in the catalog. */
export const mustUndo = ({ target }: RolloutPlan, { status, undoneLsn }: RolloutState): boolean =>
  status === "rollingBack" &&
  undoneLsn === null &&
  target.kind === "catalog" &&
  target.undoToLsn !== undefined;

function tickBack(plan: RolloutPlan, state: RolloutState, { at, reverted }: Tick): RolloutState {
  if (mustUndo(plan, state)) return state;
  const away = touched(plan, state).filter((terminal) => !reverted.has(terminal));
  if (away.length === 0) return { ...state, status: "rolledBack" };
  if (at - state.stageBeganAt < revertPatienceMs) return state;
  const why = `${state.why}; not back yet: ${away.slice(0, 5).join(", ")}${away.length > 5 ? " and others" : ""}`;
  return { ...state, status: "rolledBack", why };
}

/** A terminal's settings with the rollout's part as it is wanted; null: without it. */
export function withTarget(
  settings: RemoteSettings,
  target: RolloutTarget,
  want: string | number | null,
): RemoteSettings {
  const value = want ?? undefined;
  if (target.kind === "catalog") return RemoteSettings.parse({ ...settings, catalogLsn: value });
  if (target.role === "embedder") return RemoteSettings.parse({ ...settings, model: value });
  const models = { ...settings.models, [target.role]: value };
  const some = Object.values(models).some((id) => id !== undefined);
  return RemoteSettings.parse({ ...settings, models: some ? models : undefined });
}

/** Terminals that the rollout has begun to change. */
export const touched = (plan: RolloutPlan, state: RolloutState): string[] =>
  plan.stages.slice(0, state.stage + 1).flatMap(({ terminals }) => terminals);

/**
 * Where each terminal of the plan belongs in a state: at the target, or where it was. A paused rollout leaves what
 * was begun as it is.
 */
export function wanted(plan: RolloutPlan, state: RolloutState): ReadonlyMap<string, string | number | null> {
  const back = state.status === "rollingBack" || state.status === "rolledBack";
  // Undone in the catalog, the newest is what they had before.
  const previous = (name: string) => (state.undoneLsn === null ? (plan.previous[name] ?? null) : null);
  const target = plan.target.kind === "catalog" ? plan.target.lsn : plan.target.id;
  const forward = new Set(back ? [] : touched(plan, state));
  const all = plan.stages.flatMap(({ terminals }) => terminals);
  // Those of a later stage are held where they were, or a catalog would reach them before their turn.
  const held = state.status === "draft" ? [] : all;
  return new Map(held.map((name) => [name, forward.has(name) ? target : previous(name)]));
}
