import { join } from "node:path";
import { type NodeName, topics } from "@tillsight/contracts";
import { hex, readMessage, Trust } from "@tillsight/sync-protocol";
import mqtt from "mqtt";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CloudCatalog } from "../catalog/catalog.js";
import type { Database } from "../storage/database.js";
import { openDatabase } from "../storage/open.js";
import {
  type PostgresServer,
  postgresBinaries,
  startPostgres,
  withPostgres,
} from "../storage/testing/postgres-server.js";
import { embedderId, product, temporaryFolder } from "../test-helpers.js";
import { startBroker } from "./broker.js";
import { Publisher } from "./publisher.js";
import { loadSigningKey } from "./signing-key.js";

const store: NodeName = "store-1";
const patience = { timeout: 20_000, interval: 20 };
let undo: (() => unknown)[] = [];
let dir: string;
beforeEach(() => {
  const folder = temporaryFolder();
  dir = folder.dir;
  undo = [folder.clean];
});
afterEach(async () => {
  for (const step of undo.reverse()) await step();
});

async function copyOf(db: Database, brokerUrl: string) {
  const catalog = await CloudCatalog.open(db, embedderId);
  undo.push(() => catalog.close());
  await catalog.putStore(store);
  const key = await loadSigningKey(join(dir, "key.pem"));
  const publisher = new Publisher({
    db,
    feed: catalog.feed,
    stores: async () => [store],
    key,
    brokerUrl,
    refreshMs: 500,
  });
  undo.push(() => publisher.stop());
  return { catalog, publisher, key };
}

test.skipIf(!postgresBinaries())(
  withPostgres(
    "two copies share a database and a broker, one ends in the middle: one chain, never two contents",
  ),
  async () => {
    const server: PostgresServer = await startPostgres();
    undo.push(() => server.stop());
    const databaseUrl = await server.database();
    const broker = await startBroker();
    undo.push(() => broker.close());
    const open = async () => {
      const db = await openDatabase({ dataDir: dir, databaseUrl });
      undo.push(() => db.close());
      return copyOf(db, broker.url);
    };
    const [a, b] = [await open(), await open()];
    await a.publisher.history(store).cut();
    const begin = (await a.publisher.ledger.state(store))?.lsn ?? 0;
    const contents = new Map<number, Set<string>>();
    const client = await mqtt.connectAsync(broker.url);
    undo.push(() => client.endAsync(true));
    const trust = new Trust([a.key.publicKey]);
    client.on("message", (_, payload) => {
      const message = readMessage(payload, store, trust);
      if (message.kind !== "delta") return;
      const { toLsn } = message.delta;
      contents.set(toLsn, (contents.get(toLsn) ?? new Set()).add(hex(payload)));
    });
    await client.subscribeAsync(topics.catalogDelta.topic(store), { qos: 1 });
    a.publisher.start();
    b.publisher.start();
    for (let i = 0; i < 60; i++) {
      await (i % 2 === 0 ? a : b).catalog.putProduct(product(`P${i}`), "test");
      if (i === 30) void a.publisher.stop();
    }
    const end = begin + 60;
    await expect.poll(() => Math.max(...contents.keys()), patience).toBe(end);
    await expect.poll(() => b.publisher.ledger.unpublishedCount(), patience).toBe(0);
    for (const seen of contents.values()) expect(seen.size).toBe(1);
    const chain = await b.publisher.ledger.range(store, begin, 100);
    expect([...contents.keys()].sort((x, y) => x - y)).toEqual(chain.map(({ toLsn }) => toLsn));
    expect(chain.at(-1)?.toLsn).toBe(end);
  },
  60_000,
);
