import type { CatalogDelta } from "@tillsight/contracts";
import { decodeRow, hex, SyncRefusedError } from "@tillsight/sync-protocol";
import { HqRows } from "./hq-rows.js";
import type { SyncState } from "./plan.js";
import type { CatalogStore, IndexChange } from "./store.js";

/** Where the lane stands; no hash where the state is not known to be headquarters'. */
export function readState(store: CatalogStore): SyncState {
  const stateHash = store.meta("stateHash") ?? "unknown";
  return {
    ...{ lsn: store.lsn, epoch: Number(store.meta("epoch")) },
    stateHash: stateHash === "unknown" ? null : stateHash,
  };
}

/** Rows, cursor and state hash. @throws SyncRefusedError; the caller's transaction then leaves nothing behind. */
export function writeDelta(store: CatalogStore, delta: CatalogDelta, size: number): IndexChange[] {
  const rows = new HqRows(store, size, delta.preHash);
  const changes = delta.rows.flatMap((bytes) => {
    if (typeof bytes === "string") return rows.remove(bytes);
    const { row, encoded } = decodeRow(bytes, delta.embedderId);
    return rows.put(row, encoded);
  });
  if (!rows.hash.equals(delta.postHash))
    throw new SyncRefusedError("postHash", `the state at LSN ${delta.toLsn} would not be headquarters'`);
  store.setMeta("lsn", String(delta.toLsn));
  store.setMeta("epoch", String(delta.epoch));
  store.setMeta("stateHash", hex(rows.hash));
  return changes;
}
