import { InvalidInputError, ObjectId } from "@tillsight/contracts";

export interface NewObject {
  readonly bytes: Uint8Array;
  /** Media type, such as `image/jpeg`. */
  readonly type: string;
}

/**
 * Files of headquarters: photos, shelf pictures, snapshots. Ids are paths of lower-case letters, digits, dots, dashes
 * and underscores, such as `photo/3f….jpg`; what is stored under an id is whole or not there.
 */
export interface ObjectStore {
  /** Durable when it resolves; replaces what was there. @throws ObjectStoreError, InvalidInputError (id) */
  put(id: string, object: NewObject): Promise<void>;
  /** @throws NotFoundError, ObjectStoreError, InvalidInputError (id) */
  get(id: string): Promise<Uint8Array>;
  has(id: string): Promise<boolean>;
  /** Also when it is not there. */
  delete(id: string): Promise<void>;
  /** Ids that begin with `prefix`, in order. */
  list(prefix: string): AsyncIterable<string>;
  close(): Promise<void>;
}

/** @throws InvalidInputError, also for a part that is `.` or `..` or empty: an id is a path and must not lead out. */
export function checkObjectId(id: string): string {
  const parts = id.split("/");
  const fits = ObjectId.safeParse(id).success && parts.every((part) => part !== "" && !part.startsWith("."));
  if (!fits)
    throw new InvalidInputError(
      `"${id}" is no object id`,
      "Use lower-case letters, digits, dots, dashes and underscores, in parts divided by slashes.",
    );
  return id;
}
