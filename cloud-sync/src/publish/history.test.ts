import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { money, type NodeName, type Sku } from "@tillsight/contracts";
import { chunkRows, decodeFrame, hex, openChunk, readMessage, Trust } from "@tillsight/sync-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CloudCatalog } from "../catalog/catalog.js";
import { silentLogger } from "../log.js";
import type { Database } from "../storage/database.js";
import { openDatabase } from "../storage/open.js";
import {
  type PostgresServer,
  postgresBinaries,
  startPostgres,
  withPostgres,
} from "../storage/testing/postgres-server.js";
import { embedderId, product, temporaryFolder, unitVector } from "../test-helpers.js";
import { StoreHistory } from "./history.js";
import { Ledger } from "./ledger.js";
import { loadSigningKey, rotateSigningKey } from "./signing-key.js";

const store: NodeName = "store-1";
const sku = (text: string) => text as Sku;
let folder: ReturnType<typeof temporaryFolder>;
let db: Database;
let catalog: CloudCatalog;
let ledger: Ledger;
let keyFile: string;

async function open(now?: () => number): Promise<StoreHistory> {
  const key = await loadSigningKey(keyFile);
  return new StoreHistory(store, {
    ledger,
    feed: catalog.feed,
    key,
    log: silentLogger,
    ...(now ? { now } : {}),
  });
}

async function deltas(afterLsn: number) {
  const { publicKey } = await loadSigningKey(keyFile);
  const trust = new Trust([publicKey]);
  const epoch = (await ledger.state(store))?.epoch ?? 0;
  const answers = await (await open()).answer({ want: "range", epoch, afterLsn, count: 32 });
  return answers.map((bytes) => {
    const message = readMessage(bytes, store, trust);
    return message.kind === "delta" ? message.delta : expect.unreachable();
  });
}

const engines = ["pglite", ...(postgresBinaries() ? ["postgres"] : [])];
if (!postgresBinaries()) test.skip(withPostgres("the same on PostgreSQL"));

describe.each(engines)("on %s", (engine) => {
  let server: PostgresServer | undefined;

  beforeAll(async () => {
    folder = temporaryFolder();
    server = engine === "postgres" ? await startPostgres() : undefined;
    db = await openDatabase({ dataDir: folder.dir, databaseUrl: await server?.database() });
    catalog = await CloudCatalog.open(db, embedderId);
    await catalog.putStore(store);
    ledger = new Ledger(db);
    keyFile = join(folder.dir, "key.pem");
  }, 120_000);
  afterAll(async () => {
    await catalog.close();
    await db.close();
    await server?.stop();
    folder.clean();
  });

  test("two copies cut at the same time: each delta exists once, and they form one chain", async () => {
    const copies = [await open(), await open()];
    await Promise.all(copies.map((copy) => copy.cut()));
    const begin = (await ledger.state(store))?.lsn ?? 0;
    for (let round = 0; round < 8; round++) {
      await catalog.putProduct(product(`P${round}`), "test");
      await Promise.all(copies.map((copy) => copy.cut()));
    }
    const chain = await deltas(begin);
    expect(chain.map(({ fromLsn, toLsn }) => [fromLsn, toLsn])).toEqual(
      Array.from({ length: 8 }, (_, i) => [begin + i, begin + i + 1]),
    );
    for (const [i, delta] of chain.entries())
      expect(hex(delta.preHash)).toBe(hex(chain[i - 1]?.postHash ?? delta.preHash));
  });

  test("what does not concern a store moves its place in the log, and tells its lanes nothing", async () => {
    const history = await open();
    await catalog.putStore("elsewhere");
    const before = await ledger.state(store);
    const dearer = { available: true, name: null, names: {}, price: money(5, "EUR"), prices: [] };
    await catalog.putOverride("elsewhere", sku("P1"), dearer, "test");
    await history.cut();
    const after = await ledger.state(store);
    expect(after?.lsn).toBe(before?.lsn);
    expect(after?.scannedLsn).toBeGreaterThan(before?.scannedLsn ?? 0);
  });

  test("a snapshot holds every row, adds up to the state, and later deltas go on from it", async () => {
    const history = await open();
    await catalog.addReferences(sku("P1"), [{ id: "r1", vector: unitVector(1) }], "test");
    const [bytes] = await history.answer({ want: "manifest" });
    const trust = new Trust([(await loadSigningKey(keyFile)).publicKey]);
    const message = readMessage(bytes as Uint8Array, store, trust);
    if (message.kind !== "manifest") return expect.unreachable();
    const { manifest } = message;
    const state = await ledger.state(store);
    expect(manifest).toMatchObject({ lsn: state?.lsn, rows: 9 });
    expect(hex(manifest.stateHash)).toBe(hex(state?.stateHash ?? new Uint8Array()));
    const chunks = await history.answer({
      want: "chunks",
      chunks: manifest.chunks.map(([hash]) => hex(hash)),
    });
    expect(chunks.flatMap((chunk) => chunkRows(openChunk(decodeFrame(chunk)).bytes))).toHaveLength(9);
    await catalog.setPrice(sku("P1"), money(1, "EUR"), "test");
    await history.cut();
    const [next] = await deltas(manifest.lsn);
    expect(hex(next?.preHash ?? new Uint8Array())).toBe(hex(manifest.stateHash));
    const again = await history.answer({ want: "manifest" });
    expect(again.map(hex)).toEqual([hex(bytes as Uint8Array)]);
  });

  test("chunks of another store are not given away", async () => {
    const other = new StoreHistory("elsewhere", {
      ...{ ledger, feed: catalog.feed, key: await loadSigningKey(keyFile), log: silentLogger },
    });
    const [snapshot] = await other.answer({ want: "manifest" });
    const trust = new Trust([(await loadSigningKey(keyFile)).publicKey]);
    const message = readMessage(snapshot as Uint8Array, "elsewhere", trust);
    if (message.kind !== "manifest") return expect.unreachable();
    const chunks = message.manifest.chunks.map(([hash]) => hex(hash));
    expect(await other.answer({ want: "chunks", chunks })).toHaveLength(chunks.length);
    expect(await (await open()).answer({ want: "chunks", chunks })).toEqual([]);
  });

  test("a range of another history is not answered, a new history is of a higher number", async () => {
    const history = await open();
    const before = await ledger.state(store);
    await history.begin();
    const after = await ledger.state(store);
    expect(after?.epoch).toBeGreaterThan(before?.epoch ?? 0);
    expect(hex(after?.stateHash ?? new Uint8Array())).toBe(hex(before?.stateHash ?? new Uint8Array(1)));
    expect(await history.answer({ want: "range", epoch: before?.epoch ?? 1, afterLsn: 0, count: 1 })).toEqual(
      [],
    );
  });

  test("heads are numbered upwards, also when the clock goes back", async () => {
    const times = [1000, 5000, 2000];
    const history = await open(() => times.shift() ?? 0);
    const trust = new Trust([(await loadSigningKey(keyFile)).publicKey]);
    const sequences: number[] = [];
    for (let i = 0; i < 3; i++) {
      const message = readMessage((await history.head()) as Uint8Array, store, trust);
      if (message.kind === "head") sequences.push(message.head.sequence);
    }
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(new Set(sequences).size).toBe(3);
  });

  test("a rotated key signs what follows, and with a revocation the old one's words are dropped", async () => {
    await (await open()).cut();
    await catalog.putProduct(product("before"), "test");
    await (await open()).cut();
    const old = await loadSigningKey(keyFile);
    const next = await rotateSigningKey({ file: keyFile, ledger, stores: [store], revokeOld: true });
    expect((await loadSigningKey(keyFile)).publicKey.id).toBe(next.publicKey.id);
    const state = await ledger.state(store);
    expect(await ledger.range(store, 0, 100)).toEqual([]);
    const trust = new Trust([old.publicKey]);
    trust.take(Buffer.concat(await ledger.endorsements(store)), store, () => {});
    expect(trust.active).toEqual([next.publicKey.id]);
    const head = readMessage((await (await open()).head()) as Uint8Array, store, trust);
    expect(head).toMatchObject({ kind: "head", head: { lsn: state?.lsn, oldestLsn: state?.lsn } });
  });

  test("a signing key that is none is one clear error", async () => {
    const file = join(folder.dir, "broken.pem");
    writeFileSync(file, "nonsense");
    await expect(loadSigningKey(file)).rejects.toMatchObject({ code: "SIGNING_KEY" });
    await expect(loadSigningKey(join(folder.dir, "no", "folder"))).rejects.toMatchObject({
      code: "CLOUD_START",
    });
    rmSync(file);
  });
});
