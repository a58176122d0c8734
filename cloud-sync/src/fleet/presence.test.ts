import { expect, test } from "vitest";
import { type BeatVerdict, judgeBeat, type PresenceState, presenceAt, type Seen } from "./presence.js";

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const seen = (lastSeen: number, fields: Partial<Seen> = {}): Seen => ({
  ...{ bornAt: at(0), diedAt: null, lastSeen: at(lastSeen), beatSeconds: 10, ...fields },
});

const presences: [situation: string, seen: Seen, now: number, want: PresenceState][] = [
  ["was never heard", seen(0, { bornAt: null, lastSeen: null }), 0, "never"],
  ["was heard this moment", seen(100), 100, "online"],
  ["missed two beats", seen(100), 124, "online"],
  ["missed three beats", seen(100), 126, "stale"],
  ["was silent for a year", seen(100), 31_536_000, "stale"],
  ["died, however fresh its last beat", seen(100, { diedAt: at(100) }), 100, "offline"],
  ["was last heard in an hour: the clock was set back", seen(3700), 100, "stale"],
  ["was last heard a second ahead: two copies' clocks", seen(101), 100, "online"],
  ["promised no beat: two seconds are all it gets", seen(100, { beatSeconds: 0 }), 103, "stale"],
];
test.each(presences)("a terminal that %s", (_, seen, now, want) => {
  expect(presenceAt(seen, at(now))).toBe(want);
});

const known = { session: 7, sequence: 3, dead: false };
const beats: [
  situation: string,
  known: typeof known,
  beat: [session: number, sequence: number],
  want: BeatVerdict,
][] = [
  ["the next one", known, [7, 4], "accept"],
  ["the same again", known, [7, 3], "repeated"],
  ["an older one", known, [7, 1], "repeated"],
  ["one with a gap", known, [7, 6], "rebirth"],
  ["of a session whose birth was missed", known, [8, 1], "rebirth"],
  ["of an older session, after the disk was wiped", known, [2, 1], "rebirth"],
  ["of a session that died", { ...known, dead: true }, [7, 4], "rebirth"],
  ["the first after the birth", { ...known, sequence: 0 }, [7, 1], "accept"],
];
test.each(beats)("a beat: %s", (_, known, [session, sequence], want) => {
  expect(judgeBeat(known, { session, sequence })).toBe(want);
});
