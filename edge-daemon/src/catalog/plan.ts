import type { CatalogDelta, RefusalReason } from "@tillsight/contracts";
import { hex } from "@tillsight/sync-protocol";

/** How far a lane has followed headquarters. */
export interface SyncState {
  readonly lsn: number;
  /** 0 until headquarters was heard for the first time. */
  readonly epoch: number;
  /** In hexadecimal; null when it is not known, and only a snapshot helps. */
  readonly stateHash: string | null;
}

export type DeltaPlan =
  | { readonly kind: "apply" }
  | { readonly kind: "refused"; readonly reason: RefusalReason; readonly detail: string };

const refused = (reason: RefusalReason, detail: string): DeltaPlan => ({ kind: "refused", reason, detail });

/**
 * What a lane does with a delta whose signature is right. Deltas may come twice or in the wrong order; one is
 * applied only when it begins exactly where the lane stands, by its LSN and by its state.
 */
export function planDelta(delta: CatalogDelta, state: SyncState, embedderId: string): DeltaPlan {
  const { fromLsn, toLsn, epoch } = delta;
  if (delta.embedderId !== embedderId)
    return refused("wrongEmbedder", `it is of embedder ${delta.embedderId}, this lane's is ${embedderId}`);
  if (toLsn <= fromLsn) return refused("malformed", `it goes from LSN ${fromLsn} to ${toLsn}`);
  if (state.epoch !== 0 && epoch !== state.epoch)
    return refused("wrongEpoch", `it is of history ${epoch}, this lane follows ${state.epoch}`);
  if (toLsn <= state.lsn) return refused("replayed", `it ends at LSN ${toLsn}, the lane is at ${state.lsn}`);
  if (fromLsn > state.lsn) return refused("gap", `it begins at LSN ${fromLsn}, the lane is at ${state.lsn}`);
  if (fromLsn < state.lsn)
    return refused("overlap", `it goes from LSN ${fromLsn} to ${toLsn}, the lane is at ${state.lsn}`);
  if (hex(delta.preHash) !== state.stateHash)
    return refused("preHash", `at LSN ${fromLsn} the lane's state is another than headquarters'`);
  return { kind: "apply" };
}
