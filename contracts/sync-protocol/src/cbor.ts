// CBOR (RFC 8949) in its deterministic form: one value has one encoding, so that bytes can be hashed.
import { decode, type EncodeOptions, encode } from "cborg";
import type { z } from "zod";
import { SyncRefusedError } from "./errors.js";

export const encodeCbor = (value: unknown, options?: EncodeOptions): Uint8Array => encode(value, options);

const strict = {
  ...{ strict: true, rejectDuplicateMapKeys: true, allowIndefinite: false },
  ...{ allowUndefined: false, allowNaN: false, allowInfinity: false, allowBigInt: false },
};

/** @throws SyncRefusedError("malformed") */
export function decodeCbor(bytes: Uint8Array, useMaps = false): unknown {
  try {
    return decode(bytes, { ...strict, useMaps });
  } catch (cause) {
    throw new SyncRefusedError("malformed", "it is not the CBOR that it should be", { cause });
  }
}

/** @throws SyncRefusedError("malformed") that names the first wrong field. */
export function decodeBody<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  const parsed = schema.safeParse(decodeCbor(bytes));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SyncRefusedError("malformed", `${issue?.path.join(".") || "the message"}: ${issue?.message}`);
}
