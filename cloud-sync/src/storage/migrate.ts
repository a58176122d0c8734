import { CloudNewerError } from "../errors.js";
import type { Database, Sql } from "./database.js";
import { migrations } from "./migrations/index.js";

/** One step of the schema: SQL, then what SQL cannot say, in one transaction. */
export interface Migration {
  readonly sql: string;
  readonly after?: (tx: Sql) => Promise<void>;
}

/** Arbitrary, the same in every copy of headquarters: only one of them migrates at a time. */
const lockKey = 7_481_001;

/**
 * Brings the schema up to date, all steps in one transaction: it is as it was, or new.
 *
 * @throws CloudNewerError
 */
export async function migrate(db: Database, steps: readonly Migration[] = migrations): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query("select pg_advisory_xact_lock($1)", [lockKey]);
    await tx.script(
      "create table if not exists migration (version int primary key, applied_at timestamptz not null default now())",
    );
    const { rows } = await tx.query<{ version: number }>(
      "select coalesce(max(version), 0)::int as version from migration",
    );
    const found = rows[0]?.version ?? 0;
    if (found > steps.length) throw new CloudNewerError(found, steps.length);
    for (const [at, step] of steps.entries()) {
      if (at < found) continue;
      await tx.script(step.sql);
      await step.after?.(tx);
      await tx.query("insert into migration (version) values ($1)", [at + 1]);
    }
  });
}
