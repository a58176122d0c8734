import { expect, it } from "vitest";
import { proveUplinkKill9, uplinkKill9Table } from "./uplink-kill9.js";

it("an uplink that is killed as it sends gives headquarters every sale and event once, in order", async () => {
  const report = await proveUplinkKill9({ kills: 6, seed: 1 });
  expect(report, uplinkKill9Table(report)).toMatchObject({
    ...{ kills: 6, lost: 0, doubled: 0, disordered: 0, centsOff: 0, passed: true },
  });
  expect(report.sales).toBeGreaterThanOrEqual(360);
}, 120_000);
