import type { Sku } from "@tillsight/contracts";
import { ConflictError } from "../errors.js";
import type { Sql } from "../storage/database.js";
import { base64, type ChangeLog, referenceKey, vectorOf } from "./change-log.js";

export interface NewReference {
  /** Unique over the whole chain; a UUID. */
  readonly id: string;
  /** L2-normalised, of the embedder's length. */
  readonly vector: Float32Array;
  /** Name of the stored picture, when there is one. */
  readonly photo?: string;
}

export interface StoredReference extends NewReference {
  readonly sku: Sku;
  readonly embedderId: string;
}

interface ReferenceRow {
  readonly id: string;
  readonly sku: Sku;
  readonly embedder_id: string;
  readonly photo: string | null;
}

const columns = "id, sku, embedder_id, photo";

const bodyOf = ({ id, sku, embedder_id, photo }: ReferenceRow) => ({
  id,
  sku,
  embedderId: embedder_id,
  photo,
});

/**
 * The products must exist; an id that is there already gets the new vector.
 *
 * @throws ConflictError when an id is another product's.
 */
export async function writeReferences(
  tx: Sql,
  log: ChangeLog,
  references: readonly StoredReference[],
): Promise<void> {
  if (references.length === 0) return;
  const { rows } = await tx.query<ReferenceRow>(`select ${columns} from reference where id = any($1)`, [
    references.map(({ id }) => id),
  ]);
  const current = new Map(rows.map((row) => [row.id, bodyOf(row)]));
  const other = references.flatMap(
    ({ id, sku }) => rows.find((row) => row.id === id && row.sku !== sku) ?? [],
  )[0];
  if (other)
    throw new ConflictError(
      `reference ${other.id} belongs to product ${other.sku}`,
      "Give each reference an id of its own.",
    );
  const lsns = await log.append(
    references.map(({ id, sku, embedderId, vector, photo }) => ({
      ...{ kind: "reference", key: referenceKey(id), sku, vector: { embedderId, values: vector } },
      before: current.get(id) ?? null,
      after: { id, sku, embedderId, photo: photo ?? null },
    })),
  );
  const written = references.map(({ id, sku, embedderId, vector, photo }, i) => ({
    ...{ id, sku, embedder_id: embedderId, photo: photo ?? null, vector: base64(vector), lsn: lsns[i] },
  }));
  await tx.query(
    `insert into reference (id, sku, embedder_id, vector, photo, lsn)
     select id, sku, embedder_id, decode(vector, 'base64'), photo, lsn
     from jsonb_to_recordset($1::jsonb)
       as r (id text, sku text, embedder_id text, vector text, photo text, lsn bigint)
     on conflict (id) do update set sku = excluded.sku, embedder_id = excluded.embedder_id,
       vector = excluded.vector, photo = excluded.photo, lsn = excluded.lsn`,
    [JSON.stringify(written)],
  );
}

export async function dropReferences(tx: Sql, log: ChangeLog, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await tx.query<ReferenceRow>(
    `delete from reference where id = any($1) returning ${columns}`,
    [ids],
  );
  await log.append(
    rows.map((row) => ({
      ...{ kind: "reference", key: referenceKey(row.id), sku: row.sku, before: bodyOf(row), after: null },
    })),
  );
}

/** References with a vector of another embedder than this, and the pictures that they were made of. */
export async function readForeignReferences(sql: Sql, embedderId: string): Promise<StoredReference[]> {
  const { rows } = await sql.query<ReferenceRow & { vector: Uint8Array }>(
    `select ${columns}, vector from reference where embedder_id <> $1 order by sku, id`,
    [embedderId],
  );
  return rows.map(({ id, sku, embedder_id, vector, photo }) => ({
    ...{ id, sku, embedderId: embedder_id, vector: vectorOf(vector) },
    ...(photo === null ? {} : { photo }),
  }));
}

/** References of one product, without their vectors. */
export async function readReferencesOf(
  sql: Sql,
  sku: Sku,
): Promise<{ readonly id: string; readonly embedderId: string; readonly photo: string | null }[]> {
  const { rows } = await sql.query<ReferenceRow>(
    `select ${columns} from reference where sku = $1 order by id`,
    [sku],
  );
  return rows.map(({ id, embedder_id, photo }) => ({ id, embedderId: embedder_id, photo }));
}
