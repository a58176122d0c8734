import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type CloudSync, startCloudSync } from "../cloud.js";
import { embedderId, temporaryFolder } from "../test-helpers.js";
import { runExport, runImport } from "./transfer.js";
import { type ExportArgs, type ImportArgs, parseTransfer, transferHelp } from "./transfer-options.js";

const csv = "sku,name,unit,price,currency,taxRate\nmilk,Milk,each,1.19,EUR,7\noats,Oats,each,2.49,EUR,7\n";
let folder: ReturnType<typeof temporaryFolder>;
let data: string;
let cloud: CloudSync | undefined;
const path = (name: string) => join(folder.dir, name);

beforeAll(() => {
  folder = temporaryFolder();
  data = path("data");
  writeFileSync(path("goods.csv"), csv);
});
afterAll(() => folder.clean());
afterEach(async () => {
  await cloud?.stop();
  cloud = undefined;
});

/** Runs a command line; gives its exit code and what it wrote. */
async function run(argv: string[], stdin = "", environment = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const text = { out: "", err: "" };
  stdout.on("data", (chunk) => {
    text.out += chunk;
  });
  stderr.on("data", (chunk) => {
    text.err += chunk;
  });
  const terminal = {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout,
    stderr,
    signal: new AbortController().signal,
  };
  const [command, ...rest] = argv;
  const args = parseTransfer(command as "import" | "export", ["--data", data, ...rest]);
  const code =
    command === "import"
      ? await runImport(args as ImportArgs, environment, terminal)
      : await runExport(args as ExportArgs, environment, terminal);
  return { code, ...text };
}

describe.each(["its database alone", "a running headquarters"])("by %s", (how) => {
  test("a file is tried, imported, refused and exported", async () => {
    data = path(how.replaceAll(" ", "-"));
    if (how === "a running headquarters")
      cloud = await startCloudSync({
        ...{ dataDir: data, store: "north", embedderId },
      });
    expect(await run(["import", path("goods.csv"), "--dry-run"])).toMatchObject({
      ...{ code: 0, err: expect.stringContaining("it fits: 2 new") },
    });
    expect(await run(["import", path("goods.csv")])).toMatchObject({
      ...{ code: 0, err: expect.stringContaining("imported: 2 new, 0 changed") },
    });
    const bad = await run(
      ["import", "-", "--report", path("report.json")],
      `${csv}bread,Bread,loaf,1,EUR,7\n`,
    );
    expect(bad).toMatchObject({ code: 1, err: expect.stringContaining("line 4, unit:") });
    expect(JSON.parse(readFileSync(path("report.json"), "utf8"))).toMatchObject({
      ...{ state: "refused", errors: [{ line: 4, field: "unit" }] },
    });
    expect(await run(["export", path("out.jsonl")])).toMatchObject({ code: 0 });
    expect(readFileSync(path("out.jsonl"), "utf8").trim().split("\n")).toHaveLength(2);
    expect((await run(["export", "--format", "csv"])).out).toContain("oats,Oats,each,2.49,EUR");
    expect(await run(["import", path("out.jsonl"), "--replace"])).toMatchObject({
      ...{ code: 0, err: expect.stringContaining("0 new, 0 changed, 2 as before, 0 removed") },
    });
  }, 60_000);
});

test("a wrong token, and a headquarters that is not there, are said to be so", async () => {
  cloud = await startCloudSync({ dataDir: path("other"), store: "north", embedderId });
  const big = csv + "x".repeat(3_000_000);
  await expect(run(["import", "-", "--url", cloud.url], big, { token: "wrong" })).rejects.toMatchObject({
    ...{ message: expect.stringContaining("token") },
  });
  await expect(run(["export", "--url", "http://127.0.0.1:9"])).rejects.toMatchObject({
    ...{ fix: expect.stringContaining("--url") },
  });
}, 60_000);

test.each([
  [["import"], "which file"],
  [["import", "a", "b"], "one file"],
  [["import", "a", "--kind", "prices"], "kind"],
  [["import", "a", "--currency", "euro"], "currency"],
  [["export", "--replace"], "replace"],
  [["export", "--store", "No Name"], "store"],
])("%j is refused by name", (argv, says) => {
  const [command, ...rest] = argv;
  expect(() => parseTransfer(command as "import", rest)).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT", message: expect.stringContaining(says) }),
  );
});

test("a file that is not there is refused before anything is opened", async () => {
  await expect(run(["import", path("nothing.csv")])).rejects.toMatchObject({
    ...{ message: expect.stringContaining("nothing.csv") },
  });
});

test("the help names every option", () => {
  for (const command of ["import", "export"] as const)
    for (const option of Object.keys(parseTransfer(command, ["x"])))
      if (!["command", "file", "help"].includes(option)) expect(transferHelp).toContain(`--${option}`);
  for (const option of ["url", "currency", "report", "store", "database-url", "format"])
    expect(transferHelp).toContain(`--${option}`);
});
