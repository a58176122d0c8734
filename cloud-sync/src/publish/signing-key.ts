import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NodeName } from "@tillsight/contracts";
import {
  fromHex,
  generateSigningKey,
  parseSigningKey,
  type SigningKey,
  sealEndorsement,
  signingKeyPem,
} from "@tillsight/sync-protocol";
import { CloudStartError } from "../errors.js";
import { hasCode } from "../has-code.js";
import type { Ledger } from "./ledger.js";

/** Copies of headquarters share the key: each has this file, or is given its path. */
export const signingKeyFile = (dataDir: string): string => join(dataDir, "signing-key.pem");

/** The key that catalogs are signed with; made at the first start, readable by its owner only. @throws CloudStartError, SigningKeyError */
export async function loadSigningKey(file: string): Promise<SigningKey> {
  const made = generateSigningKey();
  try {
    await writeFile(file, signingKeyPem(made), { mode: 0o600, flag: "wx" });
    return made;
  } catch (cause) {
    if (!hasCode(cause, "EEXIST"))
      throw new CloudStartError(
        `the signing key ${file} cannot be written`,
        "Check that its folder may be written.",
        {
          cause,
        },
      );
  }
  return parseSigningKey(await readFile(file, "utf8"));
}

export interface Rotation {
  readonly file: string;
  readonly ledger: Ledger;
  readonly stores: readonly NodeName[];
  /** The old key was stolen or may have been: lanes believe it no more, and what it signed is not served again. */
  readonly revokeOld: boolean;
  readonly now?: () => number;
}

/**
 * A new key, endorsed by the old one. The endorsement is stored first: a crash in between leaves an endorsed key
 * that signs nothing. Copies of headquarters are to be given the new file and started again.
 */
export async function rotateSigningKey(options: Rotation): Promise<SigningKey> {
  const { file, ledger, stores, revokeOld, now = Date.now } = options;
  const old = await loadSigningKey(file);
  const next = generateSigningKey();
  const endorsement = {
    publicKey: next.publicKey.raw,
    revokes: revokeOld ? [fromHex(old.publicKey.id)] : [],
    issuedAt: now(),
  };
  await writeFile(`${file}.next`, signingKeyPem(next), { mode: 0o600 });
  await ledger.endorse(
    new Map(stores.map((store) => [store, sealEndorsement(store, endorsement, old)])),
    next.publicKey.id,
    revokeOld,
  );
  await rename(`${file}.next`, file);
  return next;
}
