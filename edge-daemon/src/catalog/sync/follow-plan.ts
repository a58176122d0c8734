import { type CatalogHead, type CatalogRequest, maxChunksAsked, maxDeltasAsked } from "@tillsight/contracts";
import { hex } from "@tillsight/sync-protocol";
import type { SyncState } from "../plan.js";

/** A snapshot on its way in. */
export interface Download {
  readonly epoch: number;
  readonly lsn: number;
  /** Chunks that are neither here nor asked for, in order. */
  readonly missing: readonly string[];
  /** Chunks that were asked for. */
  readonly outstanding: number;
}

/** What a follower knows between two messages. */
export interface FollowState extends Omit<SyncState, "lsn"> {
  /** LSN applied. */
  readonly cursor: number;
  /** Newest head of this connection; null until the broker gave one. */
  readonly head: CatalogHead | null;
  /** A signed delta did not fit the lane's state. */
  readonly diverged: boolean;
  readonly download: Download | null;
  /** A snapshot is being written. */
  readonly applying: boolean;
  /** Monotonic time of the newest sign of life after the last request, ms; null when nothing is awaited. */
  readonly askedAt: number | null;
  /** Requests in a row that brought nothing. */
  readonly unanswered: number;
  /** Snapshots in a row after which the lane still was not level. */
  readonly snapshots: number;
}

export type Idle = "current" | "waiting" | "no head" | "embedder" | "ahead" | "applying";

export type FollowStep =
  | { readonly do: "nothing"; readonly because: Idle }
  | { readonly do: "ask"; readonly request: CatalogRequest }
  | { readonly do: "apply" };

/** First wait for an answer, ms; doubled up to 16 times that while nobody answers. */
export const answerWaitMs = 5_000;

const nothing = (because: Idle): FollowStep => ({ do: "nothing", because });

/**
 * The one decision of following: is something missing, and is it time to ask for it? Deltas when they lead
 * from here to the head and are not more than the whole catalog; else a snapshot.
 */
export function nextStep(state: FollowState, embedderId: string, now: number): FollowStep {
  const { cursor, head } = state;
  if (state.applying) return nothing("applying");
  if (!head) return nothing("no head");
  if (head.embedderId !== embedderId) return nothing("embedder");
  if (needsSnapshot(state, head)) return towardsSnapshot(state, head, now);
  if (head.lsn < cursor) return nothing("ahead");
  if (head.lsn === cursor) return nothing("current");
  if (isWaiting(state, now)) return nothing("waiting");
  const { epoch } = head;
  return { do: "ask", request: { want: "range", epoch, afterLsn: cursor, count: maxDeltasAsked } };
}

function needsSnapshot({ cursor, epoch, stateHash, diverged }: FollowState, head: CatalogHead): boolean {
  if (diverged || stateHash === null) return true;
  if (epoch !== 0 && epoch !== head.epoch) return true;
  if (cursor === head.lsn) return stateHash !== hex(head.stateHash);
  if (cursor > head.lsn) return false;
  return cursor < head.oldestLsn || head.lsn - cursor > Math.max(1000, head.rows);
}

function towardsSnapshot(state: FollowState, head: CatalogHead, now: number): FollowStep {
  const { download, snapshots } = state;
  // After the snapshot it goes on with deltas, so they must still be served.
  if (!download || download.epoch !== head.epoch || download.lsn < head.oldestLsn)
    return isWaiting(state, now, snapshots)
      ? nothing("waiting")
      : { do: "ask", request: { want: "manifest" } };
  const { missing, outstanding } = download;
  if (missing.length === 0 && outstanding === 0) return { do: "apply" };
  // Asking before the last ones have come keeps the line busy.
  if (missing.length === 0 || outstanding > maxChunksAsked / 4) return nothing("waiting");
  const chunks = missing.slice(0, maxChunksAsked - outstanding);
  return { do: "ask", request: { want: "chunks", chunks } };
}

/** How long an answer is awaited, ms. */
export const patienceMs = (unanswered: number): number =>
  answerWaitMs * 2 ** Math.min(4, Math.max(0, unanswered - 1));

function isWaiting({ askedAt, unanswered }: FollowState, now: number, more = 0): boolean {
  return askedAt !== null && now - askedAt < patienceMs(unanswered + more);
}

/** Reconnect for ever: 0.5 s doubled to 30 s, each with up to 50 % jitter so that a store's lanes do not return at once. */
export function reconnectDelayMs(attempt: number, random: () => number): number {
  return Math.round(Math.min(30_000, 500 * 2 ** Math.min(attempt, 10)) * (1 + random() / 2));
}
