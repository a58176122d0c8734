import type { Sku } from "@tillsight/contracts";
import { expect, test } from "vitest";
import { CloudCatalog } from "../catalog/catalog.js";
import { laneRowKey } from "../catalog/feed.js";
import { embedderId, unitVector } from "../test-helpers.js";
import type { Database } from "./database.js";
import { migrate } from "./migrate.js";
import { catalog as firstRelease } from "./migrations/001-catalog.js";
import { PGliteDatabase } from "./pglite.js";
import { PostgresDatabase } from "./postgres.js";
import { postgresBinaries, startPostgres, withPostgres } from "./testing/postgres-server.js";

const body = (sku: string, name: string, gtins: string[] = []) =>
  JSON.stringify({
    ...{ sku, name, unit: "each", price: { minor: 199, currency: "EUR" }, taxRateBp: 700, gtins, plu: null },
    ...{ tareGrams: 0, unitGrams: null, unitToleranceGrams: 0, minAge: null },
  });

/** As the first release left it: a product with a reference, one that was removed, and five changes. */
async function firstReleaseData(db: Database): Promise<void> {
  await migrate(db, [firstRelease]);
  await db.query("insert into product (sku, name, body, lsn) values ('milk', 'Äpfelmilch', $1::jsonb, 4)", [
    body("milk", "Äpfelmilch", ["4006381333931"]),
  ]);
  await db.query("insert into barcode values ('g04006381333931', 'milk')");
  await db.query("insert into reference values ('ref', 'milk', $1, $2, 'p.jpg', 5)", [
    embedderId,
    new Uint8Array(unitVector(3).buffer),
  ]);
  await db.query("insert into change (lsn, kind, body, actor) values (4, 'productUpserted', '{}', 'api')");
  await db.query("update catalog_state set lsn = 5, published_lsn = 5");
}

async function check(db: Database): Promise<void> {
  await firstReleaseData(db);
  await migrate(db);
  const catalog = await CloudCatalog.open(db, embedderId);
  expect((await catalog.products("apfelmi", 5)).map((p) => p.sku)).toEqual(["milk"]);
  expect(await catalog.product("milk" as Sku)).toMatchObject({ names: {}, prices: [], image: null });
  expect(await catalog.referencesOf("milk" as Sku)).toEqual([{ id: "ref", embedderId, photo: "p.jpg" }]);
  const clash = catalog.putProduct(
    { ...JSON.parse(body("other", "Other", ["04006381333931"])), names: {}, prices: [], image: null },
    "test",
  );
  await expect(clash).rejects.toMatchObject({ code: "CONFLICT" });
  const { entries, toLsn } = await catalog.feed.after("any", 0, 100);
  expect(entries.map(({ lsn, after }) => [lsn, after && laneRowKey(after)])).toEqual([
    [6, "p:milk"],
    [7, "r:ref"],
  ]);
  expect(entries[1]?.after).toMatchObject({ reference: { vector: unitVector(3) } });
  expect(toLsn).toBe(7);
  await catalog.close();
  await db.close();
}

test("a catalog of the first release goes on, and its feed begins with what it held", async () => {
  await check(await PGliteDatabase.open("memory://"));
}, 60_000);

test.skipIf(!postgresBinaries())(
  withPostgres("the same on a server"),
  async () => {
    const server = await startPostgres();
    await check(await PostgresDatabase.open({ url: await server.database() }));
    await server.stop();
  },
  60_000,
);
