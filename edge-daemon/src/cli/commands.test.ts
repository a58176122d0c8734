import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidInputError, type Sku, StoppedError } from "@tillsight/contracts";
import sharp from "sharp";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseConfig } from "../config/load.js";
import { AttendantGate } from "../kiosk-api/attendant.js";
import { silentLogger } from "../observe/logger.js";
import { systemClock } from "../ports/clock.js";
import { embedForEnrolment } from "../recognition/index.js";
import { renderTray } from "../recognition/testing/rendered-tray.js";
import type { CommandContext } from "./context.js";
import { openNetworks, visitCatalog } from "./parts.js";
import { readPhoto } from "./photos.js";
import { createProgram } from "./program.js";

let dir: string;
let printed: string[];
let stop: AbortController;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-cli-"));
  printed = [];
  stop = new AbortController();
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const config = () =>
  parseConfig({ dataDir: join(dir, "data"), models: { threads: 1 }, kiosk: { port: 0 } }, "t");

/** Runs `tillsight` with these arguments in this process; resolves to its exit code. */
async function tillsight(args: readonly string[], input = ""): Promise<number> {
  let code = -1;
  const context: CommandContext = {
    loadConfig: config,
    print: (text) => printed.push(text),
    readInput: async () => input,
    log: () => silentLogger,
    signal: stop.signal,
    env: {},
  };
  const program = createProgram(
    () => context,
    (ended) => {
      code = ended;
    },
  );
  await program.parseAsync(["node", "tillsight", ...args]);
  return code;
}

async function photoOfAnApple(): Promise<string> {
  const path = join(dir, "apple.png");
  const { picture } = await renderTray([{ food: "apple", x: 320, y: 240, size: 260 }], {
    width: 640,
    height: 480,
  });
  const { width, height } = picture;
  await sharp(picture.data, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}

it("an item enrolled from a picture is what that picture is nearest to, with all that the till needs", async () => {
  const photo = await photoOfAnApple();
  const options = [
    "--sku",
    "CIDER-1",
    "--name",
    "Cider",
    "--price",
    "249",
    "--tax",
    "1900",
    "--min-age",
    "16",
  ];
  expect(await tillsight(["enroll", photo, ...options, "--tare", "12"])).toBe(0);
  expect(printed.join("\n")).toContain("Cider (CIDER-1) is sold from now on");
  const networks = await openNetworks(config());
  const catalog = await visitCatalog(config(), networks.embedder);
  try {
    const { vector } = await embedForEnrolment(await readPhoto(photo), networks);
    expect(catalog.nearest(vector, 1)[0]).toMatchObject({ sku: "CIDER-1", score: expect.closeTo(1, 3) });
    expect(catalog.product("CIDER-1" as Sku)).toMatchObject({ minAge: 16, tareGrams: 12, taxRateBp: 1900 });
  } finally {
    await catalog.stop();
    await networks.close();
  }
});

it("a second product that looks the same is refused until somebody insists", async () => {
  const photo = await photoOfAnApple();
  const item = (sku: string) => ["enroll", photo, "--sku", sku, "--name", sku, "--price", "1"];
  expect(await tillsight(item("first"))).toBe(0);
  expect(await tillsight(item("second"))).toBe(1);
  expect(printed.join("\n")).toMatch(/looks like first .*\nNot added/);
  expect(await tillsight([...item("second"), "--force"])).toBe(0);
});

it("the settings of one group are explained, with default, range and meaning", async () => {
  expect(await tillsight(["config", "docs", "till.attempts"])).toBe(0);
  expect(printed).toEqual([
    "till.attempts = 3\n  integer, 1 to 10\n  Transmissions of one message before it is given back.",
  ]);
  printed = [];
  expect(await tillsight(["config", "docs", "kiosk"])).toBe(0);
  expect(printed[0]?.match(/^kiosk\.\w+/gm)).toEqual(["kiosk.host", "kiosk.port", "kiosk.attendantPin"]);
  await expect(tillsight(["config", "docs", "kioks"])).rejects.toThrow("there is no setting kioks");
});

it("every setting says what it may be and what it means", async () => {
  await tillsight(["config", "docs"]);
  for (const setting of (printed[0] ?? "").split("\n\n"))
    expect(setting).toMatch(/^[\w.]+.*\n {2}\S.*\n {2}\S.*$/);
});

it("the hash of a PIN opens the attendant's panel in place of the PIN", async () => {
  expect(await tillsight(["config", "hash-pin"], "4711\n")).toBe(0);
  const gate = new AttendantGate(printed[0], systemClock);
  await expect(gate.check("4711")).resolves.toBeUndefined();
  await expect(gate.check("4712")).rejects.toMatchObject({ code: "KIOSK_PIN_WRONG" });
});

it("a PIN that is none is refused before anything is printed", async () => {
  await expect(tillsight(["config", "hash-pin"], "secret")).rejects.toThrow(InvalidInputError);
  expect(printed).toEqual([]);
});

it("a trace file that is torn names the line", async () => {
  const path = join(dir, "decisions.jsonl");
  writeFileSync(path, '\n{"version":1,');
  await expect(tillsight(["replay", path])).rejects.toThrow("line 2, is not a decision trace");
  await expect(tillsight(["replay", join(dir, "absent.jsonl")])).rejects.toThrow("cannot be read");
});

it("a stop while the lane is still starting is an orderly end", async () => {
  stop.abort(new StoppedError("the test"));
  expect(await tillsight(["run"])).toBe(0);
});
