import { type RefusalReason, TillsightError } from "@tillsight/contracts";

const fixes: Record<RefusalReason, string> = {
  truncated:
    "Nothing to do: the lane asks again. When it comes often, look at the broker's limit of a message.",
  damaged: "Nothing to do: the lane asks again. When it comes often, look at the network and the broker.",
  malformed: "Give lane and headquarters the same version of Tillsight; else somebody else publishes there.",
  unknownKey: "Put headquarters' public key into `sync.trustedKeys`; else somebody else publishes there.",
  revokedKey: "Somebody publishes with a key that headquarters has revoked: look for a stolen key.",
  badSignature: "Somebody publishes as headquarters who is not: look at the broker's access rules.",
  wrongEmbedder: "Give lane and headquarters the same embedder model.",
  wrongEpoch: "Nothing to do: the lane fetches the catalog of the present history.",
  replayed: "Nothing to do: the lane has it.",
  gap: "Nothing to do: the lane asks for what is missing.",
  overlap: "Nothing to do: the lane fetches a snapshot.",
  preHash: "Nothing to do: the lane fetches a snapshot. When it comes often, look at the lane's disk.",
  postHash: "Nothing to do: the lane fetches a snapshot. When it comes often, look at the lane's disk.",
  notAsked: "Nothing to do: an answer that came late, or somebody who guesses.",
  unreadableRow: "Give lane and headquarters the same version of Tillsight.",
  notStored: "Look at the lane's disk and log: the catalog could not be written.",
};

/** A message of headquarters that a lane does not apply; nothing of it was. */
export class SyncRefusedError extends TillsightError {
  readonly code = "SYNC_REFUSED";

  constructor(
    readonly reason: RefusalReason,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`refused (${reason}): ${detail}`, fixes[reason], options);
  }
}

/** A signing key that cannot be read. */
export class SigningKeyError extends TillsightError {
  readonly code = "SIGNING_KEY";
}
