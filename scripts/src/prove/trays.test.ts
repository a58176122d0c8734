import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { proveTrays } from "./trays.js";

const outDir = mkdtempSync(join(tmpdir(), "tillsight-prove-"));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

test("three scripted trays go through camera, networks, journal and serial line into the till's log", async () => {
  const lines: string[] = [];
  const report = await proveTrays({
    ...{ trays: 3, seed: 1, outDir, signal: AbortSignal.timeout(170_000) },
    onProgress: (line) => lines.push(line),
  });
  expect(lines.filter((line) => line.startsWith("tray "))).toHaveLength(3);
  expect(report.baskets.failed, lines.join("\n")).toBe(0);
  for (const tray of report.trays) {
    // Whatever recognition made of it: once put right by hand, the till has what lay there and nothing else.
    expect(tray.till, lines.join("\n")).toMatchObject({ isEqual: true, missing: [], extra: [] });
    expect(tray.till.sold).toHaveLength(tray.expected.length);
    expect(tray.settledAfterMs).not.toBeNull();
  }
  expect(report).toMatchObject({ tillEqual: 3, strayEntries: 0 });
  // Two wrong trays of three would be a lane that does not recognise.
  expect(report.baskets.wrong, lines.join("\n")).toBeLessThanOrEqual(1);
  const page = readFileSync(join(outDir, "report.md"), "utf8");
  expect(page).toContain("| pieces on the trays | 19 |");
  expect(page).toContain("| till log equals what lay on the tray | 3 of 3 (100 %) |");
  expect(JSON.parse(readFileSync(join(outDir, "report.json"), "utf8"))).toMatchObject({ seed: 1 });
}, 180_000);
