import { expect, it } from "vitest";
import { proveEnrolKill9 } from "./enrol-kill9.js";

it("a folder whose enrolment is killed in the middle is enrolled in the end, each photo once", async () => {
  const report = await proveEnrolKill9({
    ...{ kills: 2, seed: 1, say: () => {}, signal: AbortSignal.timeout(110_000) },
  });
  expect(report).toMatchObject({ photos: 16, done: 16, passed: true });
  expect(report.kills).toBeGreaterThan(0);
  expect(report.enrolled).toBeGreaterThan(8);
}, 120_000);
