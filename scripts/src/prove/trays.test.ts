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
    // Whatever recognition made of it: what the shopper paid for is what the till has, and it adds up.
    expect(tray.sold.length).toBeGreaterThan(0);
    expect(tray.settledAfterMs).not.toBeNull();
  }
  // Two wrong trays of three would be a lane that does not recognise.
  expect(report.baskets.wrong, lines.join("\n")).toBeLessThanOrEqual(1);
  expect(readFileSync(join(outDir, "report.md"), "utf8")).toContain("| pieces on the trays | 19 |");
  expect(JSON.parse(readFileSync(join(outDir, "report.json"), "utf8"))).toMatchObject({ seed: 1 });
}, 180_000);
