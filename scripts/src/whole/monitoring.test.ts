import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { monitoringDir } from "./monitoring.js";

const promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"].find(existsSync);
const run = (...args: string[]) =>
  execFileSync(promtool ?? "", args, { cwd: monitoringDir, encoding: "utf8" });
const title = (text: string) => (promtool ? text : `${text} (skipped: install Debian's package prometheus)`);

it.skipIf(!promtool)(
  title("promtool takes the alert rules and the example configuration"),
  () => {
    expect(run("check", "rules", "alerts.yml")).toContain("SUCCESS");
    expect(run("check", "config", "--syntax-only", "prometheus.yml")).toContain("SUCCESS");
  },
  120_000,
);

it.skipIf(!promtool)(
  title("each alert fires where it must and is quiet where it must not"),
  () => {
    expect(run("test", "rules", "alerts.test.yml")).toContain("SUCCESS");
  },
  120_000,
);

it("no alert is without a test, and each says what to do", () => {
  const rules = readFileSync(`${monitoringDir}alerts.yml`, "utf8");
  const tests = readFileSync(`${monitoringDir}alerts.test.yml`, "utf8");
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  expect(alerts.length).toBeGreaterThan(25);
  for (const alert of alerts) {
    expect(tests).toContain(`name: ${alert} fires`);
    expect(tests).toContain(`name: ${alert} is quiet`);
  }
  expect(rules.match(/^ {10}action: ".{10,}"$/gm)).toHaveLength(alerts.length);
});

it.each(["headquarters", "lane"])(
  "the %s dashboard has panels that do not overlap, each with a question",
  (name) => {
    const dashboard = JSON.parse(readFileSync(`${monitoringDir}${name}.dashboard.json`, "utf8"));
    const taken = new Set<string>();
    for (const { title: text, targets, gridPos } of dashboard.panels) {
      expect(text).not.toBe("");
      expect(targets.length).toBeGreaterThan(0);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x},${y}`), text).toBe(false);
          taken.add(`${x},${y}`);
        }
    }
  },
);
