import { expect, it } from "vitest";
import { kill9Row } from "./kill9.js";

// Compiled: the lane that is killed is a process of its own.
const compiled = new URL("../../dist/prove/kill9.js", import.meta.url).href;

it.each(["till-line", "scanner-ack", "scanner"] as const)(
  "loses and doubles nothing over %s when the lane is killed six times",
  async (protocol) => {
    const { proveKill9 } = (await import(compiled)) as typeof import("./kill9.js");
    const report = await proveKill9({ kills: 6, protocol });
    expect(report, kill9Row(report)).toMatchObject({
      kills: 6,
      lost: 0,
      doubled: 0,
      differences: [],
      passed: true,
    });
    expect(report.booked).toBeGreaterThan(0);
  },
  120_000,
);
