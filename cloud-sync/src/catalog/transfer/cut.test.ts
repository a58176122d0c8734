import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { Database } from "../../storage/database.js";
import { openDatabase } from "../../storage/open.js";
import { postgresBinaries, startPostgres, withPostgres } from "../../storage/testing/postgres-server.js";
import { temporaryFolder } from "../../test-helpers.js";
import { Imports } from "./imports.js";

const count = 5000;
const lines = Array.from({ length: count }, (_, i) => `sku-${i},Item ${i},each,1.19,EUR,7`);
const csv = ["sku,name,unit,price,currency,taxRate", ...lines].join("\n");
const main = fileURLToPath(new URL("../../../dist/main.js", import.meta.url));

async function tally(db: Database) {
  const { rows } = await db.query<Record<string, number>>(
    `select (select count(*)::int from product) as products, (select count(*)::int from change) as changes,
       (select lsn::int from catalog_state) as lsn`,
  );
  return rows[0];
}
const all = { products: count, changes: count, lsn: count };
const none = { products: 0, changes: 0, lsn: 0 };

test.skipIf(!postgresBinaries())(
  withPostgres(
    "a database that goes away in the middle of applying leaves nothing, and the next try is whole",
  ),
  async () => {
    const server = await startPostgres();
    const db = await openDatabase({ dataDir: "", databaseUrl: await server.database() });
    const imports = new Imports(db);
    let cut = false;
    const load = () =>
      imports.run(
        (async function* () {
          yield new TextEncoder().encode(csv);
        })(),
        {
          ...{ id: randomUUID(), kind: "products", format: "csv", file: "f", actor: "anna" },
          onProgress: ({ applied }) => {
            if (applied < 2000 || cut) return;
            cut = true;
            void server.dropConnections();
          },
        },
      );
    expect(await load()).toMatchObject({ state: "failed", created: 0, lsn: null });
    expect(cut).toBe(true);
    expect(await tally(db)).toEqual(none);
    expect(await load()).toMatchObject({ state: "done", created: count });
    expect(await tally(db)).toEqual(all);
    await db.close();
    await server.stop();
  },
  60_000,
);

test.skipIf(!existsSync(main))(
  "an import killed at any moment is in as a whole or not at all, and the folder is usable at once",
  async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder.dir, "goods.csv"), csv);
    const argv = [main, "import", join(folder.dir, "goods.csv"), "--data", folder.dir];
    await openDatabase({ dataDir: folder.dir }).then((db) => db.close());
    for (let round = 0, done = false; round < 4 && !done; round++) {
      const child = spawn(process.execPath, argv, { stdio: "ignore" });
      const over = once(child, "exit");
      // From the reading of the file to the middle of applying it, whatever the machine.
      setTimeout(() => child.kill("SIGKILL"), 1200 + round * 900).unref();
      await over;
      const db = await openDatabase({ dataDir: folder.dir });
      const now = await tally(db);
      done = now?.products !== 0;
      expect(now).toEqual(done ? all : none);
      await db.close();
    }
    folder.clean();
  },
  90_000,
);
