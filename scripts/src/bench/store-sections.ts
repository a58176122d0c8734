import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { benchIndex, benchJournal } from "@tillsight/edge-daemon";
import { figure } from "./quantile.js";
import type { Row, Section } from "./report.js";

const indexBudget = { p99Ms: 1, recall: 0.99 };
const appendBudgetMs = 10;

/** Nearest neighbours over clustered vectors of 256 numbers, against exact search over the same vectors. */
export async function indexSection(sizes: readonly number[], say: (text: string) => void): Promise<Section> {
  const rows: Row[] = [];
  for (const r of await benchIndex({ sizes, size: 256, onProgress: say })) {
    const of = `of ${r.references.toLocaleString("en")} references`;
    const isFull = r.references === 100_000;
    rows.push(
      {
        what: `nearest ${of}, p50 / p99`,
        measured: `${figure(r.p50)} / ${figure(r.p99)} ms`,
        reference: `exact search p50 ${figure(r.exactP50)} ms (${figure(r.exactP50 / r.p50)} x)`,
        budget: isFull ? `p99 <= ${indexBudget.p99Ms} ms` : "",
        met: isFull ? r.p99 <= indexBudget.p99Ms : null,
      },
      {
        what: `recall@1 ${of}`,
        measured: figure(r.recallAt1),
        reference: "exact search = 1",
        budget: `>= ${indexBudget.recall}`,
        met: r.recallAt1 >= indexBudget.recall,
      },
      {
        what: `what its references say of a product ${of}, first time / remembered, p99`,
        measured: `${figure(r.surroundingsP99)} / ${figure(r.rememberedP99)} ms`,
        reference: `nearest p99 ${figure(r.p99)} ms, once for each of its 3 references`,
        budget: isFull ? `remembered <= ${indexBudget.p99Ms} ms` : "",
        met: isFull ? r.rememberedP99 <= indexBudget.p99Ms : null,
      },
      {
        what: `building ${of}; one more reference`,
        measured: `${figure(r.buildSeconds)} s; ${figure(r.addP50)} ms`,
        reference: `${figure(r.memoryMiB)} MiB of memory`,
        budget: "",
        met: null,
      },
    );
  }
  const notes = [
    "Vectors are synthetic, in clusters as tight as our embeddings of one product: recall says how well the graph finds what exact search finds, not how well products are recognised.",
  ];
  return { title: "Index", rows, notes };
}

/** Durable appends on the disk of `dir`, against a bare write and fdatasync there. */
export function journalSection(dir: string, appends: number): Section {
  mkdirSync(dir, { recursive: true });
  const folder = mkdtempSync(join(dir, "journal-"));
  try {
    const j = benchJournal(folder, appends);
    const rows: Row[] = [
      {
        what: `append of a line and its till message, durable, p50 / p99 of ${j.appends}`,
        measured: `${figure(j.p50)} / ${figure(j.p99)} ms`,
        reference: `bare 32 KiB write and fdatasync ${figure(j.diskP50)} / ${figure(j.diskP99)} ms`,
        budget: `p99 <= ${appendBudgetMs} ms`,
        met: j.p99 <= appendBudgetMs,
      },
      {
        what: "opening the journal again, all of that in it",
        measured: `${figure(j.reopen)} ms`,
        reference: "",
        budget: "",
        met: null,
      },
    ];
    return { title: "Journal", rows };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
