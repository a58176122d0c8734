import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { hex } from "@tillsight/sync-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CloudCatalog } from "../catalog/catalog.js";
import { type BackupTerminal, runBackup, runCheckBackup, runNewHistory, runRestore } from "../cli/backup.js";
import { type BackupArgs, parseBackup } from "../cli/backup-options.js";
import { silentLogger } from "../log.js";
import { StoreHistory } from "../publish/history.js";
import { Ledger } from "../publish/ledger.js";
import { loadSigningKey, signingKeyFile } from "../publish/signing-key.js";
import type { Database } from "../storage/database.js";
import { FolderObjectStore } from "../storage/objects/folder-store.js";
import { openDatabase } from "../storage/open.js";
import {
  type PostgresServer,
  postgresBinaries,
  startPostgres,
  withPostgres,
} from "../storage/testing/postgres-server.js";
import { embedderId, product, temporaryFolder, unitVector } from "../test-helpers.js";
import { backedUp, leftOut } from "./tables.js";

const store = "north";
const slow = 240_000;
let folder: ReturnType<typeof temporaryFolder>;
let server: PostgresServer | undefined;
let said: string[] = [];
const terminal: BackupTerminal = { stdout: process.stdout, say: (text) => void said.push(text) };

beforeAll(async () => {
  folder = temporaryFolder();
  if (postgresBinaries()) server = await startPostgres();
}, slow);
afterAll(async () => {
  await server?.stop();
  folder.clean();
});

interface Place {
  readonly data: string;
  readonly databaseUrl: string | undefined;
}

const place = async (name: string, engine: string): Promise<Place> => ({
  data: join(folder.dir, name),
  databaseUrl: engine === "PostgreSQL" ? await server?.database() : undefined,
});
const argsOf = (at: Place, command: string, ...argv: string[]): BackupArgs => ({
  ...parseBackup(command, [...argv, "--data", at.data]),
  databaseUrl: at.databaseUrl,
});

async function open<T>(at: Place, work: (db: Database, catalog: CloudCatalog) => Promise<T>): Promise<T> {
  const db = await openDatabase({ dataDir: at.data, databaseUrl: at.databaseUrl });
  const catalog = await CloudCatalog.open(db, embedderId);
  try {
    return await work(db, catalog);
  } finally {
    await catalog.close();
    await db.close();
  }
}

/** What lanes would be told after a start. */
const told = (at: Place) =>
  open(at, async (db, catalog) => {
    const key = await loadSigningKey(signingKeyFile(at.data));
    const ledger = new Ledger(db);
    await new StoreHistory(store, { ledger, feed: catalog.feed, key, log: silentLogger }).cut();
    const state = await ledger.state(store);
    return {
      lsn: state?.lsn,
      epoch: state?.epoch ?? 0,
      rows: state?.rows,
      hash: hex(state?.stateHash ?? new Uint8Array()),
    };
  });

/** A headquarters with something of everything that is odd to carry over. */
async function fill(at: Place): Promise<void> {
  await open(at, async (db, catalog) => {
    await catalog.putStore(store, "Nördlich");
    for (let i = 0; i < 30; i++)
      await catalog.putProduct(product(`P${i}`, { name: `Käse "${i}"\n` }), "test");
    for (let i = 0; i < 5; i++)
      await catalog.addReferences("P1" as never, [{ id: `r${i}`, vector: unitVector(i) }], "test");
    await catalog.removeProduct("P2" as never, "test");
    await db.query(
      `insert into sale values ($1, $2, 'lane-1', 'done', now(), now(), 'EUR', 9007199254740991, $3::jsonb, now())`,
      [randomUUID(), store, JSON.stringify({ text: "\\x00 'quoted' \u{1f34e}" })],
    );
    await db.query("insert into endorsement (store, bytes) values ($1, $2), ($1, $2)", [
      store,
      Uint8Array.of(0, 255, 92),
    ]);
  });
  await new FolderObjectStore(join(at.data, "objects")).put("photo/ab.jpeg", {
    ...{ bytes: Uint8Array.of(255, 216, 0, 10, 13), type: "image/jpeg" },
  });
}

test(
  "a backup speaks of every table of the schema, or leaves it out on purpose",
  async () => {
    await open(await place("schema", "PGlite"), async (db) => {
      const { rows } = await db.query<{ name: string }>(
        "select table_name as name from information_schema.tables where table_schema = current_schema()",
      );
      expect(rows.map(({ name }) => name).sort()).toEqual([...backedUp, ...leftOut].sort());
    });
  },
  slow,
);

const ways: [from: string, to: string][] = [
  ["PGlite", "PostgreSQL"],
  ["PostgreSQL", "PGlite"],
];
describe.skipIf(!postgresBinaries())(withPostgres("a backup"), () => {
  test.each(ways)(
    "of %s is whole again on %s, and lanes are led into a new history",
    async (from, to) => {
      const [first, second] = [await place(`of-${from}`, from), await place(`on-${to}`, to)];
      const file = join(folder.dir, `${from}.backup`);
      await fill(first);
      const before = await told(first);
      said = [];
      await runBackup(argsOf(first, "backup", file, "--with-signing-key"), terminal);
      expect(said.join("\n")).toContain("can sign catalogs");
      await runCheckBackup(argsOf(first, "check-backup", file), terminal);
      await runRestore(argsOf(second, "restore", file), terminal);
      const after = await told(second);
      expect(after).toEqual({ ...before, epoch: expect.any(Number) });
      expect(after.epoch).toBeGreaterThan(before.epoch);
      expect(readFileSync(signingKeyFile(second.data))).toEqual(readFileSync(signingKeyFile(first.data)));
      const objects = new FolderObjectStore(join(second.data, "objects"));
      expect([...(await objects.get("photo/ab.jpeg"))]).toEqual([255, 216, 0, 10, 13]);
      const contents = (at: Place) =>
        open(at, async (db, catalog) => ({
          found: (await catalog.products("kase", 5)).length,
          sales: (await db.query("select total_minor, body from sale")).rows,
          endorsed: (
            await db.query<{ bytes: Uint8Array }>("select n, bytes from endorsement order by n")
          ).rows.map(({ bytes }) => hex(bytes)),
          changes: (await db.query("select lsn, key, before, after, actor, at from change order by lsn"))
            .rows,
        }));
      expect(await contents(second)).toEqual(await contents(first));
      // Numbers go on: neither an LSN nor a key comes twice.
      await open(second, async (db, catalog) => {
        expect((await catalog.putProduct(product("NEW"), "test")).lsn).toBe((before.lsn ?? 0) + 1);
        await db.query("insert into endorsement (store, bytes) values ($1, $2)", [store, Uint8Array.of(1)]);
      });
      await expect(runRestore(argsOf(second, "restore", file), terminal)).rejects.toMatchObject({
        ...{ code: "BACKUP", fix: expect.stringContaining("--replace") },
      });
      await runRestore(argsOf(second, "restore", file, "--replace"), terminal);
      expect(await told(second)).toMatchObject({ hash: before.hash, lsn: before.lsn });
    },
    slow,
  );
});

describe("a backup that", () => {
  let at: Place;
  let file: string;
  beforeAll(async () => {
    at = await place("spoilt", server ? "PostgreSQL" : "PGlite");
    file = join(folder.dir, "spoilt.backup");
    await fill(at);
    await runBackup(argsOf(at, "backup", file), terminal);
  }, slow);

  const spoil: [name: string, change: (text: string) => string][] = [
    ["is cut off", (text) => text.slice(0, text.length / 2)],
    ["lost its end", (text) => `${text.trimEnd().split("\n").slice(0, -1).join("\n")}\n`],
    ["lost a row", (text) => text.replace(/\nr\{[^\n]*P7[^\n]*/, "")],
    ["has another price in it", (text) => text.replace('"minor": 199', '"minor": 100')],
    ["goes on after its end", (text) => `${text}{"table":"sale"}\n`],
    ["is of a newer version", (text) => text.replace(/"schema":\d+/, '"schema":999')],
    ["is some other file", () => "hello\n"],
  ];
  test.each(spoil)(
    "%s is refused before anything is touched",
    async (_, change) => {
      const text = gunzipSync(readFileSync(file)).toString("utf8");
      const other = join(folder.dir, "other.backup");
      expect(change(text)).not.toBe(text);
      writeFileSync(other, gzipSync(change(text)));
      const before = await open(at, (db) => db.query("select count(*) as n from change"));
      await expect(runRestore(argsOf(at, "restore", other, "--replace"), terminal)).rejects.toMatchObject({
        code: expect.stringMatching(/^(BACKUP|CLOUD_NEWER)$/),
      });
      expect((await open(at, (db) => db.query("select count(*) as n from change"))).rows).toEqual(
        before.rows,
      );
    },
    slow,
  );

  test(
    "would overwrite a file is refused, and one that is not compressed is damaged",
    async () => {
      await expect(runBackup(argsOf(at, "backup", file), terminal)).rejects.toMatchObject({ code: "BACKUP" });
      const plain = join(folder.dir, "plain.backup");
      writeFileSync(plain, "no gzip");
      await expect(runCheckBackup(argsOf(at, "check-backup", plain), terminal)).rejects.toMatchObject({
        code: "BACKUP",
      });
    },
    slow,
  );

  const noKeys: [situation: string, make: (keyFile: string) => void][] = [
    ["a folder stands where", (keyFile) => mkdirSync(keyFile, { recursive: true })],
    ["another file stands in the way of", (keyFile) => writeFileSync(dirname(keyFile), "no folder")],
  ];
  test.each(noKeys)(
    "comes to a place where %s the signing key belongs is refused, and nothing is restored",
    async (_, make) => {
      const empty = await place(`keyless-${randomUUID()}`, "PGlite");
      const keyFile = join(folder.dir, randomUUID(), "signing-key.pem");
      make(keyFile);
      await expect(
        runRestore(argsOf(empty, "restore", file, "--signing-key", keyFile), terminal),
      ).rejects.toMatchObject({ code: "BACKUP", fix: expect.stringContaining("--signing-key") });
      expect(existsSync(empty.data)).toBe(false);
    },
    slow,
  );

  test(
    "is to hold a signing key that is not there is refused",
    async () => {
      const none = join(folder.dir, "none.pem");
      await expect(
        runBackup(argsOf(at, "backup", `${file}-2`, "--with-signing-key", "--signing-key", none), terminal),
      ).rejects.toMatchObject({ code: "BACKUP", message: `there is no signing key ${none}` });
    },
    slow,
  );

  test(
    "was restored by other means gets its new history by a command",
    async () => {
      const before = await told(at);
      await runNewHistory(argsOf(at, "new-history"), terminal);
      const after = await told(at);
      expect(after.epoch).toBeGreaterThan(before.epoch);
      expect(after.hash).toBe(before.hash);
    },
    slow,
  );
});
