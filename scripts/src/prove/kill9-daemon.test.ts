import { expect, it } from "vitest";
import { kill9DaemonTable, proveKill9Daemon } from "./kill9-daemon.js";

it("nothing is lost, doubled or forgotten when the whole daemon is killed twice", async () => {
  const report = await proveKill9Daemon({ kills: 2, seed: 4 });
  expect(report, kill9DaemonTable(report)).toMatchObject({ kills: 2, lost: 0, doubled: 0, passed: true });
  expect(report.sales).toBeGreaterThan(0);
}, 120_000);
