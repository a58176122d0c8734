import type { UpStream } from "@tillsight/contracts";

/** What takes room in the outbox: what headquarters has already, and what it has not, by stream. */
export type RoomClass = "accepted" | UpStream;
export type Usage = Readonly<Record<RoomClass, number>>;

/** What goes first when room is short; `sale` is not in it, because an unsent sale never goes. */
const firstToGo = ["accepted", "crop", "telemetry", "event"] as const;
export type Dispensable = (typeof firstToGo)[number];

export interface RoomPlan {
  /** Bytes to free, the oldest first, in this order. */
  readonly drop: readonly { readonly from: Dispensable; readonly bytes: number }[];
  /** False: there is no room for it, and nothing cheaper that could go. */
  readonly take: boolean;
}

/**
 * Makes room for `bytes` more of a stream within `limit` bytes. A record only ever displaces what is worth as much
 * or less; a sale is taken though the limit is passed.
 */
export function planRoom(usage: Usage, limit: number, stream: UpStream, bytes: number): RoomPlan {
  const used = Object.values(usage).reduce((sum, n) => sum + n, 0);
  let short = used + bytes - limit;
  if (short <= 0) return { drop: [], take: true };
  const drop: { from: Dispensable; bytes: number }[] = [];
  const mayGo = stream === "sale" ? firstToGo : firstToGo.slice(0, firstToGo.indexOf(stream) + 1);
  for (const from of mayGo) {
    const part = Math.min(short, usage[from]);
    if (part > 0) drop.push({ from, bytes: part });
    short -= part;
    if (short <= 0) break;
  }
  if (short > 0 && stream !== "sale") return { drop: [], take: false };
  return { drop, take: true };
}
