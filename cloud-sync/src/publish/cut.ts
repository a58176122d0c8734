import type { CatalogDelta, Lsn } from "@tillsight/contracts";
import { type EncodedRow, encodeWithDigest, type LaneRow, StateHash } from "@tillsight/sync-protocol";
import type { FeedEntry } from "../catalog/feed.js";

/** Where a store's history stands. */
export interface CutState {
  readonly embedderId: string;
  readonly epoch: number;
  readonly lsn: number;
  readonly stateHash: Uint8Array;
  readonly rows: number;
}

export interface CutLimits {
  /** Bytes of rows, about. Brokers commonly refuse messages of more than 256 KiB to 1 MiB unless told otherwise. */
  readonly bytes: number;
  /** Entries: a lane writes them all in one go, and must not be kept from selling by it. */
  readonly entries: number;
}

export const cutLimits: CutLimits = { bytes: 128 * 1024, entries: 500 };

/** Net change of one key over several entries. */
interface Net {
  readonly before: EncodedRow | null;
  after: EncodedRow | null;
}

const encoded = (row: LaneRow | null): EncodedRow | null => (row ? encodeWithDigest(row) : null);

/** One delta in the making. */
class Draft {
  readonly #nets = new Map<string, Net>();
  #bytes = 0;
  #entries = 0;
  #lsn: Lsn = 0;

  get isEmpty(): boolean {
    return this.#entries === 0;
  }

  /** What belongs to one LSN is never divided. */
  isFullBefore(entry: FeedEntry, limits: CutLimits): boolean {
    const enough = this.#bytes >= limits.bytes || this.#entries >= limits.entries;
    return enough && entry.lsn !== this.#lsn;
  }

  add(entry: FeedEntry): void {
    const after = encoded(entry.after);
    const before = encoded(entry.before);
    const key = (after ?? before)?.key;
    if (key === undefined) return;
    const net = this.#nets.get(key);
    if (net) net.after = after;
    else this.#nets.set(key, { before, after });
    this.#bytes += after?.bytes.length ?? key.length;
    this.#entries++;
    this.#lsn = entry.lsn;
  }

  /** Undefined when everything is as it was before. */
  finish(from: CutState, cutAt: number): { delta: CatalogDelta; state: CutState } | undefined {
    const hash = new StateHash(from.stateHash);
    const rows: CatalogDelta["rows"] = [];
    let count = from.rows;
    for (const [key, { before, after }] of this.#nets) {
      if (before && after && Buffer.compare(before.digest, after.digest) === 0) continue;
      if (!before && !after) continue;
      if (before) hash.remove(before.digest);
      if (after) hash.add(after.digest);
      count += (after ? 1 : 0) - (before ? 1 : 0);
      rows.push(after ? after.bytes : key);
    }
    if (rows.length === 0) return undefined;
    const { embedderId, epoch } = from;
    const postHash = hash.bytes();
    const state: CutState = { embedderId, epoch, lsn: this.#lsn, stateHash: postHash, rows: count };
    const delta: CatalogDelta = {
      ...{ epoch, fromLsn: from.lsn, toLsn: this.#lsn, preHash: from.stateHash, postHash },
      ...{ embedderId, cutAt, rows },
    };
    return { delta, state };
  }
}

export interface Cut {
  readonly deltas: readonly CatalogDelta[];
  readonly state: CutState;
}

/**
 * The deltas that bring a store from `state` over `entries`, each within the limits. Several changes of one row
 * within a delta become one; what comes to nothing is left out.
 */
export function cutDeltas(
  state: CutState,
  entries: readonly FeedEntry[],
  cutAt: number,
  limits: CutLimits = cutLimits,
): Cut {
  const deltas: CatalogDelta[] = [];
  let now = state;
  let draft = new Draft();
  const close = () => {
    const done = draft.finish(now, cutAt);
    draft = new Draft();
    if (!done) return;
    deltas.push(done.delta);
    now = done.state;
  };
  for (const entry of entries) {
    if (draft.isFullBefore(entry, limits)) close();
    draft.add(entry);
  }
  if (!draft.isEmpty) close();
  return { deltas, state: now };
}
