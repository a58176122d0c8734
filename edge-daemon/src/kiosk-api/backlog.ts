import type { LaneChange } from "../ports/lane.js";

/**
 * What one page has yet to be told while its socket is full. Every change carries the whole of its kind, so
 * one of each is enough and the backlog can never grow.
 */
export type Backlog =
  | { readonly kind: "changes"; readonly changes: readonly LaneChange[] }
  /** Too much was missed: the page starts over from a snapshot. */
  | { readonly kind: "snapshot" };

export const noBacklog: Backlog = { kind: "changes", changes: [] };

/**
 * The backlog with one more change. A newer tray replaces an older one, because only the newest matters; a
 * basket or notice that would be skipped asks for a snapshot instead, so that they are seen together.
 */
export function addToBacklog(backlog: Backlog, change: LaneChange): Backlog {
  if (backlog.kind === "snapshot") return backlog;
  const waiting = backlog.changes.some((c) => c.type === change.type);
  if (waiting && change.type !== "tray") return { kind: "snapshot" };
  return { kind: "changes", changes: [...backlog.changes.filter((c) => c.type !== change.type), change] };
}
