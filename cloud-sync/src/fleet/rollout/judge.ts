import type { Terminal } from "../terminals.js";
import type { RolloutTarget, TerminalReport } from "./plan.js";

/** Where a terminal says it is. */
export const placeOf = (terminal: Terminal, kind: RolloutTarget["kind"]): number | string | null =>
  kind === "catalog" ? (terminal.beat?.lsn ?? null) : (terminal.birth?.models.embedder?.id ?? null);

/**
 * How a terminal fares with a target. Only a live one can succeed; one that is switched off is no failure of the
 * rollout, its stage simply waits for it.
 */
export function judgeTerminal(terminal: Terminal | undefined, target: RolloutTarget): TerminalReport {
  if (!terminal) return "pending";
  const { reported, version } = terminal.settings;
  if (reported?.state === "refused" && reported.version === version) return "failed";
  if (terminal.presence !== "online") return "pending";
  const place = placeOf(terminal, target.kind);
  const there = target.kind === "catalog" ? Number(place) >= target.lsn : place === target.id;
  if (!there) return "pending";
  return terminal.beat?.health === "failed" ? "failed" : "succeeded";
}

/** Whether it is where it was before; for a catalog: it is held there, or was never beyond. */
export const isBack = (
  terminal: Terminal | undefined,
  target: RolloutTarget,
  was: number | string | null,
): boolean => was === null || terminal === undefined || placeOf(terminal, target.kind) === was;
