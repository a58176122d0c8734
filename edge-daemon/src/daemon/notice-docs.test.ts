import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { CameraFault } from "../ports/camera.js";

const folder = new URL("../", import.meta.url);
const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
  .map((path) => readFileSync(new URL(path, folder), "utf8"));

/** The compiler knows whether one is missing. */
const cameraFaults: Record<CameraFault, true> = {
  unplugged: true,
  hung: true,
  frozen: true,
  black: true,
  covered: true,
};

it("docs/operations.md tells what every notice means, and none that nobody gives", () => {
  const given = sources.flatMap((text) => [
    ...[...text.matchAll(/code: "([A-Z_]+)",\s+severity:/g)].map((match) => match[1] as string),
    ...[...text.matchAll(/code: "([A-Z_]+)", severity:/g)].map((match) => match[1] as string),
  ]);
  const all = new Set([...given, ...Object.keys(cameraFaults).map((f) => `CAMERA_${f.toUpperCase()}`)]);
  const page = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const told = [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map((match) => match[1] as string);
  // The journal's notices are its errors, told in docs/errors.md; one line stands for all of them.
  expect(told.filter((code) => !code.startsWith("JOURNAL_")).sort()).toEqual([...all].sort());
});
