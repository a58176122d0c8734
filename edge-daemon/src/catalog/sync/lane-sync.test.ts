import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogRequest, Sku } from "@tillsight/contracts";
import {
  encodeChunk,
  fromHex,
  generateSigningKey,
  hex,
  type LaneRow,
  sealDelta,
  sealEndorsement,
  sealHead,
  sealManifest,
} from "@tillsight/sync-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Catalog, openCatalog } from "../catalog.js";
import {
  embedderId,
  product,
  productRow,
  reference,
  referenceRow,
  size,
  TinyHeadquarters,
  temporaryFolder,
  unitVector,
} from "../test-helpers.js";
import { LaneSync } from "./lane-sync.js";

const store = "store-1";
const patience = { timeout: 25_000, interval: 10 };
let folder: ReturnType<typeof temporaryFolder>;
let catalog: Catalog;
let hq: TinyHeadquarters;
let key = generateSigningKey();
let asked: CatalogRequest[] = [];
let undo: (() => unknown)[] = [];
let sequence = 0;

beforeEach(async () => {
  folder = temporaryFolder();
  catalog = await openCatalog({ dir: folder.dir, embedderId, size });
  hq = new TinyHeadquarters();
  key = generateSigningKey();
  asked = [];
  undo = [() => catalog.stop(), () => folder.clean()];
});
afterEach(async () => {
  for (const step of undo) await step();
});

const chunkDir = () => join(folder.dir, "snapshot");

/** Some hundred rows: with long names, so that a snapshot has several chunks. */
const manyRows = (count: number, mark = "x"): LaneRow[] =>
  Array.from({ length: count }, (_, i) => productRow(product(`P${i}`, { name: mark.repeat(110) })));

/** A lane whose requests `answer` answers, or nobody. */
function open(answer: (request: CatalogRequest, sync: LaneSync) => void = () => {}): LaneSync {
  const sync: LaneSync = new LaneSync({
    ...{ catalog, store, trustedKeys: [key.publicKey], dir: chunkDir() },
    send: (request) => {
      asked.push(request);
      setImmediate(() => answer(request, sync));
      return true;
    },
  });
  undo.unshift(() => sync.stop());
  return sync;
}

const tellHead = (sync: LaneSync, fields: Parameters<TinyHeadquarters["head"]>[1] = {}) =>
  sync.receive("head", sealHead(store, hq.head(++sequence, fields), key));

/** As headquarters answers manifests and chunks; `lost` chunks never come. */
const snapshots =
  (lost: (hash: string) => boolean = () => false) =>
  (request: CatalogRequest, sync: LaneSync): void => {
    const { manifest, chunks } = hq.snapshot();
    if (request.want === "manifest") sync.receive("answer", sealManifest(store, manifest, key).bytes);
    if (request.want !== "chunks") return;
    for (const chunk of chunks)
      if (request.chunks.includes(hex(chunk.sha256)) && !lost(hex(chunk.sha256)))
        sync.receive("answer", encodeChunk(chunk));
  };

async function expectLevel(): Promise<void> {
  const stateHash = hq.stateHash.toString("hex");
  await expect.poll(() => catalog.syncState, patience).toMatchObject({ lsn: hq.lsn, stateHash });
  expect(catalog.recount()).toEqual({ stateHash, rows: hq.rows.size });
}

test("a new lane takes a snapshot chunk by chunk, cleans up, and goes on with deltas", async () => {
  hq.delta([...manyRows(3000), referenceRow(reference("r1", "P1"))]);
  const sync = open(snapshots());
  tellHead(sync, { oldestLsn: hq.lsn });
  await expectLevel();
  await sync.settled();
  expect(readdirSync(chunkDir())).toEqual([]);
  const vector = unitVector();
  sync.receive("delta", sealDelta(store, hq.delta([referenceRow(reference("r2", "P2", vector))]), key));
  await expectLevel();
  expect(catalog.nearest(vector, 1)[0]?.referenceId).toBe("r2");
  expect(sync.refusals).toEqual({});
});

test("chunks that came before a crash are not asked for again, also when a newer snapshot has taken the place", async () => {
  hq.delta(manyRows(6000));
  const all = hq.snapshot().chunks.map(({ sha256 }) => hex(sha256));
  expect(all.length).toBeGreaterThan(4);
  const [last] = all.slice(-1) as [string];
  const first = open(snapshots((hash) => hash === last));
  tellHead(first, { oldestLsn: hq.lsn });
  await expect.poll(() => first.facts.snapshotHere, patience).toBe(all.length - 1);
  await first.stop();
  hq.delta([productRow(product("P9", { name: "new" }))]);
  const fresh = hq.snapshot().chunks.map(({ sha256 }) => hex(sha256));
  asked = [];
  tellHead(open(snapshots()), { oldestLsn: hq.lsn });
  await expectLevel();
  const fetched = asked.flatMap((request) => (request.want === "chunks" ? request.chunks : []));
  expect(fetched.sort()).toEqual(fresh.filter((hash) => hash === last || !all.includes(hash)).sort());
});

test("a chunk that was torn on the disk is fetched again", async () => {
  hq.delta(manyRows(3000));
  const [torn] = hq.snapshot().chunks.map(({ sha256 }) => hex(sha256)) as [string];
  const sync = open(snapshots());
  await sync.settled();
  tellHead(open(snapshots((hash) => hash !== torn)), { oldestLsn: hq.lsn });
  await expect.poll(() => readdirSync(chunkDir()).includes(torn), patience).toBe(true);
  writeFileSync(join(chunkDir(), torn), "torn");
  tellHead(sync, { oldestLsn: hq.lsn });
  await expectLevel();
  expect(sync.refusals.damaged).toBe(1);
});

test("a lane whose rows are not headquarters' heals by a snapshot that writes only what differs", async () => {
  const sync = open(snapshots());
  const before = hq.delta([...manyRows(50), referenceRow(reference("r1", "P1"))]);
  sync.receive("delta", sealDelta(store, before, key));
  await expectLevel();
  catalog.enrol(product("own"), [reference("mine", "own")]);
  // Headquarters has another row than the lane was told.
  hq.delta([productRow(product("P3", { name: "silently different" }))]);
  const next = hq.delta([productRow(product("P4", { name: "next" }))]);
  sync.receive("delta", sealDelta(store, { ...next, fromLsn: catalog.lsn }, key));
  tellHead(sync);
  await expectLevel();
  expect(sync.refusals).toEqual({ preHash: 1 });
  expect(catalog.product("P3" as Sku)?.name).toBe("silently different");
  expect(catalog.facts).toMatchObject({ hq: 1, store: 1, products: 51 });
});

test("a new history is followed, although its LSNs are lower", async () => {
  const sync = open(snapshots());
  sync.receive("delta", sealDelta(store, hq.delta(manyRows(20)), key));
  hq = new TinyHeadquarters();
  hq.epoch = 2;
  hq.delta([productRow(product("only"))]);
  tellHead(sync, { oldestLsn: hq.lsn });
  await expectLevel();
  expect(catalog.productCount).toBe(1);
  expect(catalog.syncState.epoch).toBe(2);
});

test("selling goes on while a snapshot is written, enrolling is told to wait, deltas are caught up with", async () => {
  hq.delta(manyRows(6000));
  const late: ReturnType<typeof hq.delta>[] = [];
  const sync = open((request, lane) => {
    snapshots()(request, lane);
    if (request.want === "range")
      for (const delta of late) lane.receive("answer", sealDelta(store, delta, key));
  });
  const manifestAt = hq.lsn;
  tellHead(sync, { oldestLsn: manifestAt });
  await expect
    .poll(() => attempt(() => catalog.enrol(product("own"), [])), { timeout: 25_000, interval: 1 })
    .toBe("CATALOG_BUSY");
  expect(catalog.product("P1" as Sku)).toBeUndefined();
  late.push(hq.delta([productRow(product("P1", { name: "late" }))]));
  sync.receive("delta", sealDelta(store, late[0] as (typeof late)[0], key));
  await expectLevel();
  expect(sync.facts.postponed).toBe(1);
  expect(catalog.product("P1" as Sku)?.name).toBe("late");
});

function attempt(work: () => void): string {
  try {
    work();
    return "done";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

test("a key that was rotated is followed over a restart, the revoked one is refused by its name", async () => {
  const sync = open();
  const [old, next] = [key, generateSigningKey()];
  const { raw } = next.publicKey;
  const endorsement = { publicKey: raw, revokes: [fromHex(old.publicKey.id)], issuedAt: 1 };
  sync.receive("keys", sealEndorsement(store, endorsement, old));
  const again = open();
  const delta = hq.delta(manyRows(1));
  again.receive("delta", sealDelta(store, delta, old));
  expect(again.refusals).toEqual({ revokedKey: 1 });
  again.receive("delta", sealDelta(store, delta, next));
  expect(catalog.lsn).toBe(1);
});

test("without a key nothing is believed, and health says what to set", () => {
  const sync = new LaneSync({ catalog, store, trustedKeys: [], dir: chunkDir(), send: () => true });
  sync.receive("delta", sealDelta(store, hq.delta(manyRows(1)), key));
  expect(sync.refusals).toEqual({ unknownKey: 1 });
  expect(sync.complaint).toContain("sync.trustedKeys");
});

test("a message on the wrong topic is refused, whoever signed it", () => {
  const sync = open();
  sync.receive("head", sealDelta(store, hq.delta(manyRows(1)), key));
  sync.receive("keys", sealHead(store, hq.head(1), key));
  expect(sync.refusals).toEqual({ malformed: 2 });
});
