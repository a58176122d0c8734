import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

// Compiled: the child processes must be, and find their script beside this one.
const compiled = new URL("../../../dist/testing/crash/journal-crash.js", import.meta.url).href;

it("has everything it acknowledged, and nothing by halves, after 20 kills at random moments", async () => {
  const { crashJournal } = (await import(compiled)) as typeof import("./journal-crash.js");
  const folder = await mkdtemp(join(tmpdir(), "tillsight-crash-"));
  try {
    const report = await crashJournal({ folder, kills: 20 });
    expect(report).toMatchObject({ kills: 20, lost: 0, torn: 0 });
    expect(report.acknowledged).toBeGreaterThan(20);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 120_000);
