import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

const illegal: [situation: string, file: string, from: string][] = [
  ["contracts use nothing but zod", "contracts/src/a.ts", "node:fs"],
  ["contracts know no workspace", "contracts/src/b.ts", "@tillsight/models"],
  ["the sync protocol does not know the lane", "contracts/sync-protocol/src/a.ts", "@tillsight/edge-daemon"],
  ["models do not know the lane", "models/src/a.ts", "@tillsight/edge-daemon"],
  ["the lane does not know headquarters", "edge-daemon/src/a.ts", "@tillsight/cloud-sync"],
  ["headquarters does not know the lane", "cloud-sync/src/a.ts", "@tillsight/edge-daemon"],
  ["the page knows contracts only", "kiosk-ui/src/a.ts", "@tillsight/models"],
  ["the console does not know headquarters' inside", "cloud-sync/console/src/a.ts", "@tillsight/cloud-sync"],
  ["what pages share knows none of them", "kiosk-ui/look/src/a.ts", "@tillsight/kiosk-ui"],
  ["the domain does no I/O", "edge-daemon/src/domain/a.ts", "node:fs"],
  ["the domain knows no adapter", "edge-daemon/src/domain/b.ts", "../adapters/camera/index.js"],
];
const legal = "edge-daemon/src/legal.ts";

describe("the linter holds the direction of imports", () => {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-imports-"));
  let refused: string;

  beforeAll(() => {
    copyFileSync(join(root, "biome.json"), join(dir, "biome.json"));
    for (const [, file, from] of [...illegal, ["", legal, "@tillsight/contracts"] as const]) {
      mkdirSync(dirname(join(dir, file)), { recursive: true });
      writeFileSync(join(dir, file), `import * as x from "${from}";\n\nexport const y = x;\n`);
    }
    const biome = join(root, "node_modules", ".bin", "biome");
    const args = ["lint", "--vcs-enabled=false", "--only=style/noRestrictedImports", "--colors=off", "."];
    const { stdout, stderr } = spawnSync(biome, args, { cwd: dir, encoding: "utf8" });
    refused = `${stdout}${stderr}`;
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it.each(illegal)("%s", (_situation, file) => {
    expect(refused).toMatch(new RegExp(`^${file}:\\d+:\\d+ lint/style/noRestrictedImports`, "m"));
  });

  it("an import in the right direction is let through", () => {
    expect(refused).not.toContain(legal);
  });
});
