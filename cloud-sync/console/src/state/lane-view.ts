import type { Heads, Terminal } from "../api/schemas.js";

/** How a lane shows on the map: only a fresh heartbeat makes it live. */
export type LaneState = "live" | "late" | "gone" | "never";
export type LaneTone = "good" | "ask" | "bad" | "quiet";

const states: Readonly<Record<Terminal["presence"], LaneState>> = {
  ...{ online: "live", stale: "late", offline: "gone", never: "never" },
};

export const laneState = ({ presence }: Terminal): LaneState => states[presence];

/** The one colour of a lane: what needs somebody first. */
export function laneTone(terminal: Terminal, behind: number | null): LaneTone {
  const { beat } = terminal;
  const state = laneState(terminal);
  if (state === "never") return "quiet";
  if (state === "gone" || (state === "live" && beat?.health === "failed")) return "bad";
  if (state === "late" || beat?.health === "degraded" || beat?.helpWanted || beat?.serviceMode) return "ask";
  return behind !== null && behind > 0 ? "ask" : "good";
}

/** LSNs that its store has been told and the lane has not; null: nobody knows. */
export function lsnBehind(terminal: Terminal, heads: Heads | undefined): number | null {
  const head = heads?.stores[terminal.store]?.lsn;
  const own = terminal.beat?.lsn;
  return head === undefined || own === undefined ? null : Math.max(0, head - own);
}

/** Held by somebody or by a rollout, so that being behind is meant. */
export const heldAt = ({ settings }: Terminal): number | null => {
  const lsn = settings.desired.catalogLsn;
  return typeof lsn === "number" ? lsn : null;
};

export interface LaneGroup {
  readonly name: string;
  readonly terminals: readonly Terminal[];
}

/** By store or by group, in the order of their names. */
export function groupLanes(terminals: readonly Terminal[], by: "store" | "group"): LaneGroup[] {
  const groups = new Map<string, Terminal[]>();
  for (const terminal of terminals) {
    const list = groups.get(terminal[by]) ?? [];
    groups.set(terminal[by], [...list, terminal]);
  }
  return [...groups]
    .map(([name, list]) => ({ name, terminals: list }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
