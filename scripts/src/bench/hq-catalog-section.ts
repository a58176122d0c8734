import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  benchCatalog,
  type CatalogBench,
  openDatabase,
  postgresBinaries,
  startPostgres,
} from "@tillsight/cloud-sync";
import { figure, quantile } from "./quantile.js";
import type { Row, Section } from "./report.js";

const row = (what: string, measured: string, reference = ""): Row => ({
  ...{ what, measured, reference, budget: "", met: null },
});

const ms = (times: readonly number[]): string =>
  `${figure(quantile(times, 0.5))} / ${figure(quantile(times, 0.99))} ms`;

function rowsOf(engine: string, b: CatalogBench): Row[] {
  const of = `${b.products.toLocaleString("en")} products, ${engine}`;
  const speed = (seconds: number) =>
    `${figure(seconds)} s (${Math.round(b.products / seconds).toLocaleString("en")} a second)`;
  const bare = `bare insert of the same rows ${figure(b.bareSeconds)} s (${figure(b.importSeconds / b.bareSeconds)} x)`;
  const read = quantile(b.readMs, 0.5);
  return [
    row(`import of ${of}: all new`, speed(b.importSeconds), bare),
    row(
      `the same with every price changed; with nothing changed`,
      `${speed(b.repriceSeconds)}; ${speed(b.sameAgainSeconds)}`,
    ),
    row(
      `export as CSV; every live row; the feed from LSN 0`,
      `${figure(b.exportSeconds)} s; ${figure(b.rowsSeconds)} s; ${figure(b.feedSeconds)} s`,
      `process at its largest while importing ${Math.round(b.peakRssMiB)} MiB`,
    ),
    row(`reading one of ${of}, p50 / p99`, ms(b.readMs)),
    ...Object.entries(b.searchMs).map(([what, times]) =>
      row(
        `search by ${what}, ${engine}, p50 / p99`,
        ms(times),
        `reading one by its SKU p50 ${figure(read)} ms (${figure(quantile(times, 0.5) / read)} x)`,
      ),
    ),
  ];
}

/** Headquarters' catalog: import, export and search, on the embedded database and on a server where there is one. */
export async function hqCatalogSection(
  sizes: { readonly products: number; readonly searches: number },
  say: (text: string) => void,
): Promise<Section> {
  const rows: Row[] = [];
  const measure = async (engine: string, where: { dataDir: string; databaseUrl?: string }) => {
    const db = await openDatabase(where);
    try {
      rows.push(
        ...rowsOf(
          engine,
          await benchCatalog(db, { ...sizes, onProgress: (text) => say(`${engine}: ${text}`) }),
        ),
      );
    } finally {
      await db.close();
    }
  };
  const dir = mkdtempSync(join(tmpdir(), "tillsight-bench-hq-"));
  try {
    await measure("PGlite", { dataDir: dir });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  if (!postgresBinaries()) say("PostgreSQL is not installed: only PGlite was measured");
  else {
    const server = await startPostgres({ durable: true });
    try {
      await measure("PostgreSQL", { dataDir: "", databaseUrl: await server.database() });
    } finally {
      await server.stop();
    }
  }
  return { title: "Headquarters' catalog", rows };
}
