import { join } from "node:path";
import type { Sku } from "@tillsight/contracts";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openDatabase } from "./database.js";
import { migrations } from "./schema.js";
import { CatalogStore } from "./store.js";
import { product, temporaryFolder } from "./test-helpers.js";

test("a catalog of the first release sells on after the update", () => {
  const { dir, clean } = temporaryFolder();
  const file = join(dir, "catalog.db");
  const old = new Database(file);
  old.exec("create table migration (version integer primary key, applied_at text not null) strict");
  old.exec(migrations[0] as string);
  old.exec(`insert into product values
    ('milk', 'Item milk', 'item milk', 'each', 199, 'EUR', 700, '[]', null, 0, null, 'hq')`);
  old.pragma("user_version = 1");
  old.close();
  const db = openDatabase(file);
  expect(new CatalogStore(db).product("milk" as Sku)).toEqual(product("milk"));
  db.close();
  clean();
});
