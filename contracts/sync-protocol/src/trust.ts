import { KeyEndorsement, type NodeName } from "@tillsight/contracts";
import { decodeBody } from "./cbor.js";
import { SyncRefusedError } from "./errors.js";
import { takeFrame } from "./frame.js";
import { type PublicKey, publicKey } from "./keys.js";
import { openWithAnyKey, type TrustedKeys } from "./signed.js";
import { hex } from "./state-hash.js";

/** What a lane keeps of an endorsement. */
export interface TrustChange {
  readonly publicKey: PublicKey;
  readonly endorsedBy: string;
  readonly revokes: readonly string[];
}

/**
 * The keys of headquarters that a lane believes: those of its settings, and those that a believed key has
 * endorsed. A revoked key stays known, so that what it signs is refused by its name.
 */
export class Trust implements TrustedKeys {
  readonly #keys = new Map<string, PublicKey>();
  readonly #revoked = new Set<string>();

  /** @param anchors keys of the settings. @param learnt what was kept of endorsements. */
  constructor(
    anchors: readonly PublicKey[],
    learnt: readonly PublicKey[] = [],
    revoked: readonly string[] = [],
  ) {
    for (const key of [...anchors, ...learnt]) this.#keys.set(key.id, key);
    for (const id of revoked) this.#revoked.add(id);
  }

  key(id: string): { readonly publicKey: PublicKey; readonly revoked: boolean } | undefined {
    const found = this.#keys.get(id);
    return found && { publicKey: found, revoked: this.#revoked.has(id) };
  }

  /** Keys that may sign. */
  get active(): readonly string[] {
    return [...this.#keys.keys()].filter((id) => !this.#revoked.has(id));
  }

  /**
   * Takes the endorsements that follow each other in `bytes`; `keep` stores each new one before it counts.
   * One that brings nothing new is passed over, whoever signed it: the retained list comes with every connection.
   *
   * @throws SyncRefusedError at the first that does not fit; those before it count.
   */
  take(bytes: Uint8Array, store: NodeName, keep: (change: TrustChange) => void): void {
    for (let rest = bytes; rest.length > 0; ) {
      const taken = takeFrame(rest);
      rest = taken.rest;
      if (taken.frame.kind !== "key")
        throw new SyncRefusedError("malformed", `a ${taken.frame.kind} among the keys`);
      const opened = openWithAnyKey(taken.frame, store, this);
      const change = this.#changeOf(decodeBody(KeyEndorsement, opened.body), opened.keyId);
      if (!change) continue;
      if (opened.revoked)
        throw new SyncRefusedError("revokedKey", `key ${opened.keyId} was revoked and may endorse none`);
      keep(change);
      this.#keys.set(change.publicKey.id, change.publicKey);
      for (const id of change.revokes) this.#revoked.add(id);
    }
  }

  #changeOf(endorsement: KeyEndorsement, endorsedBy: string): TrustChange | undefined {
    const key = publicKey(endorsement.publicKey);
    const revokes = endorsement.revokes.map(hex).filter((id) => !this.#revoked.has(id) && id !== key.id);
    if (this.#keys.has(key.id) && revokes.length === 0) return undefined;
    return { publicKey: key, endorsedBy, revokes };
  }
}
