import { NodeName } from "@tillsight/contracts";
import { z } from "zod";
import { NotFoundError } from "../errors.js";
import type { Sql } from "../storage/database.js";

/** A shop of the chain; its name is part of every topic of its lanes. */
export const Store = z.strictObject({
  name: NodeName,
  /** For people. */
  label: z.string().min(1).max(120),
});
export type Store = z.infer<typeof Store>;

export async function readStores(sql: Sql): Promise<Store[]> {
  const { rows } = await sql.query<Store>("select name, label from store order by name");
  return rows;
}

/** Makes it known; a store that is known keeps its label unless one is given. */
export async function writeStore(sql: Sql, name: NodeName, label?: string): Promise<void> {
  await sql.query(
    `insert into store (name, label) values ($1, coalesce($2, $1))
     on conflict (name) do update set label = coalesce($2, store.label)`,
    [name, label ?? null],
  );
}

/** @throws NotFoundError */
export async function requireStore(sql: Sql, name: NodeName): Promise<void> {
  const { rows } = await sql.query("select 1 from store where name = $1", [name]);
  if (rows.length === 0)
    throw new NotFoundError(`there is no store ${name}`, `Make it known first: PUT /api/stores/${name}.`);
}
