import { BackupError, CloudNewerError } from "../errors.js";
import type { Database, Sql } from "../storage/database.js";
import { migrations } from "../storage/migrations/index.js";
import type { ObjectStore } from "../storage/objects/object-store.js";
import { type Header, type Item, readBackup } from "./format.js";
import { backedUp, batchRows, leftOut } from "./tables.js";

export interface RestoreOptions {
  readonly file: string;
  readonly db: Database;
  readonly objects: ObjectStore;
  /** What is there is given up. */
  readonly replace: boolean;
  readonly onProgress?: (text: string) => void;
}

export interface Restored {
  readonly header: Header;
  readonly rows: number;
  readonly objects: number;
}

/**
 * Puts a backup in the place of what is there: the whole file is checked first, then the objects come, then the
 * database in one transaction. Lanes are led into a new history, because LSNs that were given out after the backup
 * will be given out again with other contents.
 *
 * @throws BackupError, CloudNewerError; nothing in the database is changed then
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { file, db, objects, replace, onProgress = () => {} } = options;
  const header = await check(file, onProgress);
  await requireRoom(db, replace);
  let stored = 0;
  for await (const item of readBackup(file)) {
    if (item.kind !== "object") continue;
    await objects.put(item.id, { bytes: item.bytes, type: item.type });
    if (++stored % 1000 === 0) onProgress(`objects: ${stored}`);
  }
  const rows = await db.transaction((tx) => writeTables(tx, readBackup(file), onProgress));
  return { header, rows, objects: stored };
}

/** Every line and checksum, before anything is touched. */
async function check(file: string, onProgress: (text: string) => void): Promise<Header> {
  let header: Header | undefined;
  for await (const item of readBackup(file)) if (item.kind === "header") header = item.header;
  if (!header) throw new BackupError(`${file} is empty`, "Take another backup.");
  const { schema } = header;
  if (schema > migrations.length) throw new CloudNewerError(schema, migrations.length);
  if (schema < migrations.length)
    throw new BackupError(
      `${file} has schema ${schema}, this Tillsight has ${migrations.length}`,
      "Restore it with the version that made it, then upgrade: the upgrade brings the data along.",
    );
  onProgress(`the backup of ${header.at} is whole, at LSN ${header.lsn}`);
  return header;
}

async function requireRoom(db: Database, replace: boolean): Promise<void> {
  const live = await db.query("select 1 from copy where seen_at > now() - interval '10 s' limit 1");
  if (live.rows.length > 0)
    throw new BackupError("headquarters runs on this database", "Stop every copy of it first.");
  const used = await db.query(
    "select 1 from change union all select 1 from terminal union all select 1 from account limit 1",
  );
  if (used.rows.length > 0 && !replace)
    throw new BackupError(
      "there is a headquarters with data already",
      "Restore into an empty place, or give it up for the backup with --replace.",
    );
}

async function writeTables(
  tx: Sql,
  items: AsyncIterable<Item>,
  onProgress: (text: string) => void,
): Promise<number> {
  const emptied = [...backedUp, ...leftOut].filter((table) => table !== "migration");
  await tx.script(`truncate ${emptied.map((table) => `"${table}"`).join(", ")}`);
  let rows = 0;
  let page: string[] = [];
  let table = "";
  let columns = "";
  const flush = async () => {
    if (page.length > 0) await insert(tx, table, columns, page);
    rows += page.length;
    page = [];
  };
  for await (const item of items) {
    if (item.kind === "table") {
      await flush();
      if (table !== "") onProgress(`${table} is back`);
      table = known(item.table);
      columns = await columnsOf(tx, table);
    } else if (item.kind === "row" && page.push(item.json) === batchRows) await flush();
  }
  await flush();
  await goOnCounting(tx);
  await beginNewHistory(tx);
  return rows;
}

/** A table's name becomes SQL, so it must be one of ours. */
function known(table: string): string {
  const found = backedUp.find((one) => one === table);
  if (found) return found;
  throw new BackupError(
    `the backup has a table ${table.slice(0, 60)}`,
    "It is of another program or version.",
  );
}

/** Those that can be written; generated ones come by themselves. */
async function columnsOf(tx: Sql, table: string): Promise<string> {
  const { rows } = await tx.query<{ name: string }>(
    `select quote_ident(column_name) as name from information_schema.columns
     where table_schema = current_schema() and table_name = $1 and is_generated = 'NEVER' order by ordinal_position`,
    [table],
  );
  return rows.map(({ name }) => name).join(", ");
}

async function insert(tx: Sql, table: string, columns: string, page: readonly string[]): Promise<void> {
  await tx.query(
    `insert into "${table}" (${columns}) overriding system value
     select ${columns} from jsonb_populate_recordset(null::"${table}", $1::jsonb)`,
    [`[${page.join(",")}]`],
  );
}

/** Numbers that the database gives out go on after the newest that it gave. */
async function goOnCounting(tx: Sql): Promise<void> {
  const { rows } = await tx.query<{ table: string; column: string }>(
    `select table_name as table, column_name as column from information_schema.columns
     where table_schema = current_schema() and is_identity = 'YES'`,
  );
  for (const { table, column } of rows)
    await tx.query(
      `select setval(pg_get_serial_sequence('"${table}"', '${column}'),
         (select coalesce(max("${column}"), 0) + 1 from "${table}"), false)`,
    );
}

/** More than the versions of settings that were given out after any backup. */
const versionsLost = 1_000_000;

/**
 * Publishing sees another embedder than its own and begins anew, under an epoch above the one that it knows. Settings
 * of lanes get versions that none of them has seen, or one that has others would pass for having these.
 */
export async function beginNewHistory(sql: Sql): Promise<number> {
  await sql.query(`update terminal set settings_version = settings_version + ${versionsLost}`);
  const { affected } = await sql.query("update publish_state set embedder_id = ''");
  return affected;
}
