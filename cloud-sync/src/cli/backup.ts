import { createWriteStream } from "node:fs";
import { access, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import type { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { backUp } from "../backup/backup.js";
import { readBackup } from "../backup/format.js";
import { beginNewHistory, restore } from "../backup/restore.js";
import { BackupError } from "../errors.js";
import { lockFolder } from "../folder-lock.js";
import { hasCode } from "../has-code.js";
import { signingKeyFile } from "../publish/signing-key.js";
import type { Database } from "../storage/database.js";
import { openObjectStore } from "../storage/objects/open.js";
import { openDatabase } from "../storage/open.js";
import type { BackupArgs } from "./backup-options.js";

export interface BackupTerminal {
  readonly stdout: Writable;
  readonly say: (text: string) => void;
}

/** The database as headquarters has it; the embedded one must not be in use. */
async function withDatabase<T>(args: BackupArgs, work: (db: Database) => Promise<T>): Promise<T> {
  const { data: dataDir, databaseUrl } = args;
  const unlock = databaseUrl === undefined ? await lockFolder(dataDir) : async () => {};
  try {
    const db = await openDatabase({ dataDir, databaseUrl });
    try {
      return await work(db);
    } finally {
      await db.close();
    }
  } finally {
    await unlock();
  }
}

/** Takes a backup; a file appears under its name only when it is whole. @throws BackupError */
export async function runBackup(args: BackupArgs, { stdout, say }: BackupTerminal): Promise<void> {
  const { file, data, noObjects, withSigningKey } = args;
  if (file !== "-" && (await exists(file)) && !args.replace)
    throw new BackupError(`${file} is there already`, "Choose another name, or overwrite it with --replace.");
  const keyFile = args.signingKey ?? signingKeyFile(data);
  const signingKey = withSigningKey ? await requireKey(keyFile) : undefined;
  if (signingKey === undefined)
    say(
      `The signing key is not part of the backup: keep ${keyFile} safe by itself, or lanes need a new key.`,
    );
  else
    say(
      "The signing key is part of the backup: whoever has the file can sign catalogs. Keep it locked away.",
    );
  const objects = noObjects ? undefined : await openObjectStore(data, args.objects);
  try {
    const counts = await withDatabase(args, (db) =>
      file === "-"
        ? pack(stdout, (write) => backUp({ db, objects, signingKey, write, onProgress: say }), false)
        : toFile(file, (write) => backUp({ db, objects, signingKey, write, onProgress: say })),
    );
    say(`${counts.rows} rows and ${counts.objects} objects are in ${file === "-" ? "the backup" : file}`);
  } finally {
    await objects?.close();
  }
}

type Fill<T> = (write: (lines: string) => Promise<void>) => Promise<T>;

/** Lines through gzip into `target`. */
async function pack<T>(target: Writable, fill: Fill<T>, end: boolean): Promise<T> {
  const gzip = createGzip();
  const done = pipeline(gzip, target, { end });
  done.catch(() => {});
  try {
    const result = await fill(async (lines) => {
      if (!gzip.write(lines))
        await new Promise<void>((resolve, reject) => {
          gzip.once("drain", resolve);
          done.catch(reject);
        });
    });
    gzip.end();
    await done;
    return result;
  } catch (error) {
    gzip.destroy();
    throw error;
  }
}

async function toFile<T>(file: string, fill: Fill<T>): Promise<T> {
  const partial = `${file}.partial`;
  try {
    const result = await pack(createWriteStream(partial, { mode: 0o600 }), fill, true);
    const handle = await open(partial, "r");
    await handle.sync();
    await handle.close();
    await rename(partial, file);
    return result;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** @throws BackupError, CloudNewerError */
export async function runRestore(args: BackupArgs, { say }: BackupTerminal): Promise<void> {
  const { file, data, replace } = args;
  const keyFile = args.signingKey ?? signingKeyFile(data);
  // First: a key that cannot be looked at is no reason to stop half-way.
  const present = await keyThere(keyFile);
  const objects = await openObjectStore(data, args.objects);
  try {
    const done = await withDatabase(args, (db) => restore({ file, db, objects, replace, onProgress: say }));
    say(`${done.rows} rows and ${done.objects} objects are back, as of ${done.header.at}`);
    if (done.header.signingKey !== null) await putKey(keyFile, present, done.header.signingKey, say);
    else if (present === undefined)
      say(`Put the signing key to ${keyFile} before the start, or start once with --adopt-key.`);
  } finally {
    await objects.close();
  }
}

/** The key's text; undefined only when there is no such file. @throws BackupError */
async function keyThere(keyFile: string): Promise<string | undefined> {
  try {
    return await readFile(keyFile, "utf8");
  } catch (cause) {
    if (hasCode(cause, "ENOENT")) return undefined;
    throw new BackupError(
      `the signing key ${keyFile} cannot be read`,
      "Run this as the user of headquarters, or name the key's file with --signing-key.",
      { cause },
    );
  }
}

/** @throws BackupError */
async function requireKey(keyFile: string): Promise<string> {
  const pem = await keyThere(keyFile);
  if (pem !== undefined) return pem;
  throw new BackupError(
    `there is no signing key ${keyFile}`,
    "Name its file with --signing-key, or leave out --with-signing-key.",
  );
}

/** The backup's key takes its place; another one that is there is kept beside it. */
async function putKey(
  keyFile: string,
  present: string | undefined,
  pem: string,
  say: (text: string) => void,
): Promise<void> {
  if (present === pem) return;
  if (present !== undefined) {
    await writeFile(`${keyFile}.before-restore`, present, { mode: 0o600 });
    say(`the key that was there is kept as ${keyFile}.before-restore`);
  }
  await writeFile(keyFile, pem, { mode: 0o600 });
  say(`the signing key is back in ${keyFile}`);
}

/** Reads every line and checksum. @throws BackupError */
export async function runCheckBackup({ file }: BackupArgs, { say }: BackupTerminal): Promise<void> {
  const counts = { rows: 0, objects: 0 };
  for await (const item of readBackup(file)) {
    if (item.kind === "header")
      say(`of ${item.header.at}, LSN ${item.header.lsn}, schema ${item.header.schema}`);
    if (item.kind === "row") counts.rows++;
    if (item.kind === "object") counts.objects++;
  }
  say(`${file} is whole: ${counts.rows} rows, ${counts.objects} objects`);
}

/** For a database that was restored by other means: LSNs may come again with other contents. */
export async function runNewHistory(args: BackupArgs, { say }: BackupTerminal): Promise<void> {
  const stores = await withDatabase(args, beginNewHistory);
  say(`lanes of ${stores} stores begin a new history with the next start or change`);
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
