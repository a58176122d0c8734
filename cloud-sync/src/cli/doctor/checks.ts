import { randomUUID } from "node:crypto";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { parseSigningKey } from "@tillsight/sync-protocol";
import { agreed } from "../../copies/agreement.js";
import { addressFile } from "../../folder-lock.js";
import { signingKeyFile } from "../../publish/signing-key.js";
import { migrations } from "../../storage/migrations/index.js";
import { openObjectStore } from "../../storage/objects/open.js";
import { brokerCheck } from "./broker-check.js";
import { type Check, type DoctorContext, type Found, failure, ok, warning } from "./context.js";

const megabyte = 2 ** 20;
/** Below it the next picture or delta may not fit; an embedded database must never meet a full disk. */
const [fullBytes, tightBytes] = [100 * megabyte, 1_000 * megabyte];

async function checkDataDir({ options: { data }, freeBytes }: DoctorContext): Promise<Found> {
  if (!existsSync(data)) return ok(`${data} is made at the first start`);
  try {
    accessSync(data, constants.R_OK | constants.W_OK);
  } catch {
    return failure(
      `${data} cannot be written by this user`,
      `Run as the service's user, or: chown -R tillsight-hq ${data}`,
    );
  }
  const free = freeBytes(data);
  const said = `${Math.round(free / megabyte)} MB free in ${data}`;
  const fix = "Make room, or move the folder to a larger disk (--data).";
  if (free < fullBytes) return failure(`only ${said}`, fix);
  return free < tightBytes ? warning(`only ${said}`, fix) : ok(`writable, ${said}`);
}

/** What stands in the way of looking into the database, if anything does. */
function withoutDatabase({ database, databaseError, running }: DoctorContext): Found | undefined {
  if (database) return undefined;
  if (databaseError === undefined) return ok("embedded, made at the first start");
  if (running) return ok("embedded, and the running headquarters has it: see its health");
  throw databaseError;
}

async function checkDatabase(context: DoctorContext): Promise<Found> {
  const { database } = context;
  if (!database) return withoutDatabase(context) ?? ok("");
  const { rows } = await database.query<{ server: string; migrated: boolean }>(
    `select current_setting('server_version') as server,
       to_regclass('migration') is not null as migrated`,
  );
  const name = database.engine === "pglite" ? "embedded" : `PostgreSQL ${rows[0]?.server}`;
  if (!rows[0]?.migrated) return ok(`${name}, empty: the first start sets it up`);
  const found = await database.query<{ version: number }>(
    "select coalesce(max(version), 0)::int as version from migration",
  );
  const [schema, known] = [found.rows[0]?.version ?? 0, migrations.length];
  if (schema > known)
    return failure(
      `${name}, schema ${schema}, and this Tillsight knows up to ${known}`,
      "Install the newer Tillsight again.",
    );
  if (schema < known)
    return warning(
      `${name}, schema ${schema} of ${known}`,
      "Take a backup, stop all copies and start one: it brings the schema up to date.",
    );
  return ok(`${name}, schema ${schema}`);
}

const notCompared = warning(
  "not looked at: it is compared with the database",
  "See the database's fix first.",
);

/** Presence and sessions compare this machine's clock with times in the database, and copies with each other's. */
async function checkClock({ database, databaseUrl, now }: DoctorContext): Promise<Found> {
  if (databaseUrl !== undefined && !database) return notCompared;
  if (database?.engine !== "postgres") return ok("the database is embedded: one clock");
  const before = now().getTime();
  const { rows } = await database.query<{ at: number }>(
    "select (extract(epoch from clock_timestamp()) * 1000)::float8 as at",
  );
  const off = (before + now().getTime()) / 2 - (rows[0]?.at ?? 0);
  const said = `${(Math.abs(off) / 1000).toFixed(1)} s ${off < 0 ? "behind" : "ahead of"} the database server`;
  const fix = "Keep both machines' clocks by NTP: timedatectl set-ntp true.";
  if (Math.abs(off) >= 30_000) return failure(said, fix);
  return Math.abs(off) >= 2_000 ? warning(said, fix) : ok(said);
}

async function checkObjects({ options: { data, objects } }: DoctorContext): Promise<Found> {
  const place = objects ?? "a folder in the data folder";
  // Opening would make it, and look for what the first release left.
  if (objects === undefined && !existsSync(data)) return ok(`${place}, made at the first start`);
  const store = await openObjectStore(data, objects);
  const id = `doctor/${randomUUID()}`;
  try {
    const bytes = new TextEncoder().encode(id);
    await store.put(id, { bytes, type: "text/plain" });
    const read = await store.get(id);
    let listed = false;
    for await (const found of store.list(id)) listed ||= found === id;
    await store.delete(id);
    const same = Buffer.compare(read, bytes) === 0;
    if (same && listed && !(await store.has(id))) return ok(`${place}: written, read, listed and removed`);
    return failure(
      `${place} does not give back what it was given`,
      "Look at what is between here and it: a cache, a file system without sync, another bucket.",
    );
  } finally {
    await store.delete(id).catch(() => {});
    await store.close();
  }
}

async function checkSigningKey({ options, database, databaseUrl }: DoctorContext): Promise<Found> {
  if (databaseUrl !== undefined && !database) return notCompared;
  const file = options["signing-key"] ?? signingKeyFile(options.data);
  const migrated = database
    ? await database.query<{ there: boolean }>("select to_regclass('headquarters') is not null as there")
    : undefined;
  const known = database && migrated?.rows[0]?.there ? (await agreed(database)).signingKey : null;
  const restore =
    "Give this copy the key file of the others, or of the backup, with --signing-key. When it is lost for good: start once with --adopt-key, and give every lane the new public key.";
  if (!existsSync(file))
    return known === null
      ? ok(`${file} is made at the first start`)
      : failure(`${file} is missing, and the catalogs are signed with key ${known}`, restore);
  const { id } = parseSigningKey(await readFile(file, "utf8")).publicKey;
  if (known !== null && known !== id)
    return failure(`${file} holds key ${id}, and the catalogs are signed with key ${known}`, restore);
  if ((statSync(file).mode & 0o007) !== 0)
    return warning(
      `everybody on this machine may read ${file}`,
      `Whoever has it can sign catalogs: chmod 600 ${file}`,
    );
  return ok(known === null ? `key ${id}` : `key ${id}, the database's`);
}

async function checkRunning({ options, running }: DoctorContext): Promise<Found> {
  if (!running)
    return existsSync(addressFile(options.data))
      ? failure(
          "headquarters does not answer, or was killed",
          "Look at its log (journalctl -u tillsight-headquarters), then start it again.",
        )
      : warning("no headquarters runs on this data folder", "Start it, unless that is meant to be so.");
  const sick = Object.entries(running.parts).filter(([, { state }]) => state !== "ok");
  const said = sick.map(([name, { state, detail }]) => `${name} ${state}: ${detail}`).join("; ");
  const fix = sick.map(([, part]) => part.fix).find((text) => text !== undefined) ?? "Look at its log.";
  if (running.state === "failed") return failure(said, fix);
  return running.state === "ok" ? ok(`version ${running.version}, all parts are well`) : warning(said, fix);
}

export const checks: readonly Check[] = [
  { name: "data folder", run: checkDataDir },
  { name: "database", run: checkDatabase },
  { name: "clock", run: checkClock },
  { name: "objects", run: checkObjects },
  { name: "broker", run: brokerCheck },
  { name: "signing key", run: checkSigningKey },
  { name: "headquarters", run: checkRunning },
];
