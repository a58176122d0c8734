import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { examine, formatFindings } from "@tillsight/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openCatalog } from "../catalog/index.js";
import { embedderId, product, size } from "../catalog/test-helpers.js";
import { parseConfig } from "../config/load.js";
import { basicChecks } from "./doctor.js";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-doctor-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A terminal that is in order, as far as these checks look: any character device passes for a serial port. */
const inOrder = () => ({
  dataDir: join(dir, "data"),
  till: { path: "/dev/null" },
  kiosk: { port: 0, attendantPin: "4711" },
});

async function findingsOf(config: object) {
  const findings = await examine(parseConfig(config, "test"), basicChecks);
  return Object.fromEntries(findings.map(({ check, ...rest }) => [check, rest]));
}

/** A catalog with one product by weight and one by piece. */
async function stockCatalog(): Promise<void> {
  const catalog = await openCatalog({ dir: join(dir, "data", "catalog"), embedderId, size });
  catalog.importProducts([product("apple", { unit: "weight" }), product("milk")]);
  await catalog.stop();
}

it("a terminal in order gives nothing but ok", async () => {
  const findings = await findingsOf(inOrder());
  expect(Object.values(findings).filter(({ state }) => state === "failure")).toEqual([]);
  for (const check of ["node", "till port", "weighed goods", "kiosk port", "kiosk host", "attendant"])
    expect(findings[check], check).toMatchObject({ state: "ok" });
});

describe("what is not in order is named with its fix", () => {
  const file = () => {
    const path = join(dir, "file");
    writeFileSync(path, "");
    return path;
  };
  const cases: [situation: string, check: string, config: () => object, state: string, says: RegExp][] = [
    [
      "a data folder inside a file",
      "data folder",
      () => ({ dataDir: join(file(), "data") }),
      "failure",
      /cannot be written.*install -d/,
    ],
    [
      "a till port that is not there",
      "till port",
      () => ({ till: { path: "/dev/ttyUSB97" } }),
      "failure",
      /ttyUSB97 does not exist.*till\.path/,
    ],
    [
      "a till port that is a file",
      "till port",
      () => ({ till: { path: file() } }),
      "failure",
      /is not a serial device/,
    ],
    [
      "an address of another machine",
      "kiosk port",
      () => ({ kiosk: { host: "192.0.2.1" } }),
      "failure",
      /EADDRNOTAVAIL.*kiosk\.host/,
    ],
    [
      "a kiosk that everybody reaches",
      "kiosk host",
      () => ({ kiosk: { host: "0.0.0.0" } }),
      "warning",
      /127\.0\.0\.1/,
    ],
    ["no PIN", "attendant", () => ({ kiosk: { port: 0 } }), "warning", /kiosk\.attendantPin/],
  ];
  it.each(cases)("%s", async (_situation, check, config, state, says) => {
    const finding = (await findingsOf({ ...inOrder(), ...config() }))[check];
    expect(finding).toMatchObject({ state });
    expect(`${finding?.detail} ${finding?.fix}`).toMatch(says);
  });

  it("a kiosk port that somebody has", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    const findings = await findingsOf({ ...inOrder(), kiosk: { port } });
    other.close();
    expect(findings["kiosk port"]).toMatchObject({ state: "warning", detail: `port ${port} is in use` });
  });
});

describe("goods by weight", () => {
  it.each(["scanner", "scanner-ack"])(
    "are warned of at a %s, which carries codes alone",
    async (protocol) => {
      await stockCatalog();
      const config = { ...inOrder(), till: { path: "/dev/null", protocol } };
      expect((await findingsOf(config))["weighed goods"]).toEqual({
        state: "warning",
        detail: `1 product(s) sold by weight, which ${protocol} cannot carry`,
        fix: expect.stringContaining("till-line"),
      });
    },
  );

  it("are no trouble at a till-line, nor where there are none", async () => {
    const scanner = { ...inOrder(), till: { path: "/dev/null", protocol: "scanner" } };
    expect((await findingsOf(scanner))["weighed goods"]).toMatchObject({ state: "ok" });
    await stockCatalog();
    expect((await findingsOf(inOrder()))["weighed goods"]).toMatchObject({ state: "ok" });
  });
});

it("a check that fails in itself is a failure, and the others still run", async () => {
  const broken = { name: "broken", run: () => Promise.reject(new TypeError("what?")) };
  const findings = await examine(parseConfig(inOrder(), "test"), [broken, ...basicChecks]);
  expect(findings).toHaveLength(basicChecks.length + 1);
  expect(findings[0]).toMatchObject({ state: "failure", detail: "what?" });
  expect(formatFindings(findings)).toMatch(/^FAIL {2}broken +what\?\n +-> See the message/);
});
