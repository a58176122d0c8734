import type { Terminal } from "../terminals.js";
import type { RolloutTarget, TerminalReport } from "./plan.js";

/** Where a terminal says it is. */
export const placeOf = (terminal: Terminal, target: RolloutTarget): number | string | null =>
  target.kind === "catalog"
    ? (terminal.beat?.lsn ?? null)
    : (terminal.birth?.models[target.role]?.id ?? null);

/** Of a terminal's own store, the LSN at which it has everything up to an LSN; null while that is not known. */
export type NeededLsn = (terminal: Terminal) => number | null;

/**
 * How a terminal fares with a target. Only a live one can succeed; one that is switched off is no failure of the
 * rollout, its stage simply waits for it.
 */
export function judgeTerminal(
  terminal: Terminal | undefined,
  target: RolloutTarget,
  needed: NeededLsn,
): TerminalReport {
  if (!terminal) return "pending";
  const { reported, version } = terminal.settings;
  if (reported?.state === "refused" && reported.version === version) return "failed";
  if (terminal.presence !== "online") return "pending";
  const there = target.kind === "catalog" ? has(terminal, needed) : placeOf(terminal, target) === target.id;
  if (!there) return "pending";
  return terminal.beat?.health === "failed" ? "failed" : "succeeded";
}

const has = (terminal: Terminal, needed: NeededLsn): boolean => {
  const [lsn, least] = [terminal.beat?.lsn, needed(terminal)];
  return lsn !== undefined && least !== null && lsn >= least;
};

/** Whether it has what undid the changes. */
export const isUndone = (terminal: Terminal | undefined, needed: NeededLsn): boolean =>
  terminal === undefined || has(terminal, needed);

/** Whether it is where it was before; for a catalog: it is held there, or was never beyond. */
export const isBack = (
  terminal: Terminal | undefined,
  target: RolloutTarget,
  was: number | string | null,
): boolean => was === null || terminal === undefined || placeOf(terminal, target) === was;
