import type { CatalogHead } from "@tillsight/contracts";

/** What a follower knows between two messages. */
export interface FollowState {
  /** LSN applied. */
  readonly cursor: number;
  /** Newest head of this connection; null until the broker gave one. */
  readonly head: CatalogHead | null;
  /** Monotonic time of the request that is unanswered, ms; null when none is. */
  readonly askedAt: number | null;
  /** Requests in a row that brought nothing. */
  readonly unanswered: number;
}

export type FollowStep =
  | { readonly do: "nothing"; readonly because: "current" | "waiting" | "no head" | "embedder" | "ahead" }
  | { readonly do: "ask"; readonly afterLsn: number };

/** First wait for an answer, ms; doubled up to 16 times that while nobody answers. */
export const answerWaitMs = 5_000;

/**
 * The one decision of following: is something missing, and is it time to ask for it? A lane that is ahead of
 * headquarters asks nothing: that history is not ours (headquarters was restored from an old backup), and
 * only a person may say which one counts.
 */
export function nextStep(state: FollowState, embedderId: string, now: number): FollowStep {
  const { cursor, head, askedAt, unanswered } = state;
  if (!head) return { do: "nothing", because: "no head" };
  if (head.embedderId !== embedderId) return { do: "nothing", because: "embedder" };
  if (head.lsn < cursor) return { do: "nothing", because: "ahead" };
  if (head.lsn === cursor) return { do: "nothing", because: "current" };
  const wait = answerWaitMs * 2 ** Math.min(4, Math.max(0, unanswered - 1));
  if (askedAt !== null && now - askedAt < wait) return { do: "nothing", because: "waiting" };
  return { do: "ask", afterLsn: cursor };
}

/** Reconnect for ever: 0.5 s doubled to 30 s, each with up to 50 % jitter so that a store's lanes do not return at once. */
export function reconnectDelayMs(attempt: number, random: () => number): number {
  return Math.round(Math.min(30_000, 500 * 2 ** Math.min(attempt, 10)) * (1 + random() / 2));
}
