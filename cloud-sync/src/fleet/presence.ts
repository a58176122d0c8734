/** How a terminal shows: `online` is only ever said of one whose heartbeat is fresh. */
export type PresenceState = "never" | "online" | "stale" | "offline";

/** What headquarters noted of a terminal, by its own clock. */
export interface Seen {
  readonly bornAt: Date | null;
  /** Of the newest session's end; null while none was told. */
  readonly diedAt: Date | null;
  readonly lastSeen: Date | null;
  /** How often a beat was promised, s; 0 before the first birth. */
  readonly beatSeconds: number;
}

/** Beats that may be late or lost before a terminal no longer counts as live. */
const missedBeats = 2.5;

/** How long a sign of life counts, ms. */
export const freshForMs = (beatSeconds: number): number => Math.max(2_000, beatSeconds * missedBeats * 1000);

/**
 * Whether a terminal lives, from when it was last heard and what time it is. Nothing else counts: a broker that
 * still holds its connection, a message that was stored, or a clock of the lane cannot make it live. A time in the
 * future (a clock was set back) is not fresh either.
 */
export function presenceAt({ bornAt, diedAt, lastSeen, beatSeconds }: Seen, now: Date): PresenceState {
  if (!bornAt || !lastSeen) return "never";
  if (diedAt) return "offline";
  const age = now.getTime() - lastSeen.getTime();
  return age >= -2_000 && age <= freshForMs(beatSeconds) ? "online" : "stale";
}

export type BeatVerdict = "accept" | "repeated" | "rebirth";

/** What to make of a beat: a gap or a session that was not born here means that something was missed. */
export function judgeBeat(
  known: { readonly session: number; readonly sequence: number; readonly dead: boolean },
  beat: { readonly session: number; readonly sequence: number },
): BeatVerdict {
  if (beat.session !== known.session || known.dead) return "rebirth";
  if (beat.sequence <= known.sequence) return "repeated";
  return beat.sequence === known.sequence + 1 ? "accept" : "rebirth";
}
