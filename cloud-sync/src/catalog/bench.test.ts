import { Gtin } from "@tillsight/contracts";
import { expect, test } from "vitest";
import { openDatabase } from "../storage/open.js";
import { temporaryFolder } from "../test-helpers.js";
import { benchCatalog, gtinOf } from "./bench.js";

test("the benchmark measures what it says, in small", async () => {
  const folder = temporaryFolder();
  const db = await openDatabase({ dataDir: folder.dir });
  const said: string[] = [];
  const bench = await benchCatalog(db, {
    products: 1200,
    searches: 10,
    onProgress: (text) => said.push(text),
  });
  expect(said.slice(0, 3).map((text) => text.replace(/, [\d.]+ s$/, ""))).toEqual([
    ...[
      "import done: 1200 new, 0 changed",
      "import done: 0 new, 1200 changed",
      "import done: 0 new, 0 changed",
    ],
  ]);
  expect(Object.values(bench.searchMs).every((times) => times.length === 10)).toBe(true);
  expect((await db.query("select count(*)::int as n from change")).rows).toEqual([{ n: 2400 }]);
  await db.close();
  folder.clean();
}, 60_000);

test("its barcodes are sound", () => {
  for (const n of [0, 7, 49_999]) expect(Gtin.safeParse(gtinOf(n)).success).toBe(true);
});
