import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** What people install and run; demos and proofs explain themselves. */
const folders = [
  "contracts/src",
  "contracts/sync-protocol/src",
  "models/src",
  "edge-daemon/src",
  "cloud-sync/src",
  "cloud-sync/console/src",
  "scripts/bootstrap",
];

const sources = folders.flatMap((folder) =>
  readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(ts|mjs)$/.test(path) && !/\.test\.|\.d\.ts$/.test(path))
    .map((path) => readFileSync(`${root}${folder}/${path}`, "utf8")),
);

/** Ways in which the code gives an error its code. */
const given: readonly RegExp[] = [
  /readonly code = "([A-Z_]+)"/g,
  /new BootstrapError\(\s*"([A-Z_]+)"/g,
  // Tables of one class that has several codes: `CODE: ["message", "fix"]`.
  /^ {2}([A-Z_]+): \[\s*"/gm,
  /"(KIOSK_PIN_[A-Z]+)"(?= \||,\n {4}message)/g,
];

const codes = (pattern: RegExp): string[] =>
  sources.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] as string));

const page = readFileSync(`${root}docs/errors.md`, "utf8");
const documented = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map((match) => match[1] as string);

it("every error code is in docs/errors.md, and no code there is dead", () => {
  const inCode = new Set(given.flatMap(codes));
  expect(inCode.size).toBeGreaterThan(60);
  expect([...documented].sort()).toEqual([...inCode].sort());
});

it("no two classes share a code", () => {
  const all = codes(/readonly code = "([A-Z_]+)"/g);
  expect(all.filter((code, i) => all.indexOf(code) !== i)).toEqual([]);
});
