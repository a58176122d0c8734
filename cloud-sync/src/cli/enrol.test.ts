import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { Sku } from "@tillsight/contracts";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CloudSync, startCloudSync } from "../cloud.js";
import { embedderId, product, temporaryFolder, testPhoto, testReader } from "../test-helpers.js";
import { runEnrol } from "./enrol.js";
import { enrolHelp, parseEnrol } from "./enrol-options.js";

let folder: ReturnType<typeof temporaryFolder>;
let cloud: CloudSync;
const path = (name: string) => join(folder.dir, name);
beforeAll(async () => {
  folder = temporaryFolder();
  cloud = await startCloudSync({
    ...{ dataDir: path("data"), store: "north", embedderId, photoReader: testReader() },
    links: { allowPrivate: true },
  });
  await cloud.catalog.putProduct(product("mug", { gtins: ["4006381333931"] }), "test");
}, 120_000);
afterAll(async () => {
  await cloud.stop();
  folder.clean();
});

async function run(...argv: string[]): Promise<{ code: number; said: string }> {
  const stderr = new PassThrough();
  const said: string[] = [];
  stderr.on("data", (chunk) => said.push(String(chunk)));
  const signal = new AbortController().signal;
  const terminal = { stdin: new PassThrough(), stdout: new PassThrough(), stderr, signal };
  const args = parseEnrol([...argv, "--data", path("data")]);
  const code = await runEnrol(args, { token: undefined, databaseUrl: undefined }, terminal);
  return { code, said: said.join("") };
}
const references = async (sku: string) => (await cloud.catalog.referencesOf(Sku.parse(sku))).length;

test("a folder goes to the headquarters that runs on the data folder, and everything left out is named", async () => {
  mkdirSync(path("photos/mug"), { recursive: true });
  writeFileSync(path("photos/mug/front.jpg"), await testPhoto(11, "jpeg"));
  writeFileSync(path("photos/4006381333931_2.png"), await testPhoto(22));
  const good = await run(path("photos"), "--label", "spring");
  expect(good).toMatchObject({ code: 0, said: expect.stringContaining("2 pictures sent\n2 enrolled") });
  expect(await references("mug")).toBe(2);

  writeFileSync(path("photos/nobody.jpg"), await testPhoto(33, "jpeg"));
  writeFileSync(path("photos/mug_3.png"), "no picture");
  writeFileSync(
    path("photos/mug_4.png"),
    await sharp(await testPhoto(44))
      .blur(9)
      .png()
      .toBuffer(),
  );
  const { code, said } = await run(path("photos"));
  expect(code).toBe(1);
  for (const part of [
    "nobody.jpg: there is no product nobody",
    "mug_3.png: picture 1 is no JPEG",
    "held: mug_4.png of mug: it is blurred",
  ])
    expect(said).toContain(part);
  // The two of before are references already, and stay two.
  expect(await references("mug")).toBe(2);
});

test("a supplier's price list brings products and their pictures", async () => {
  const pictures = createServer(async (_, response) => response.end(await testPhoto(55))).listen(
    0,
    "127.0.0.1",
  );
  await new Promise((resolve) => pictures.once("listening", resolve));
  const url = `http://127.0.0.1:${(pictures.address() as AddressInfo).port}/cup.png`;
  const list = `Number;Title;Price;unit;taxRate;Picture\ncup;Cup;4,99;each;19;${url}\n`;
  writeFileSync(path("list.csv"), list);
  const columns = ["--columns", "sku=Number,name=Title,price=Price,image=Picture"];
  const { code, said } = await run(path("list.csv"), "--price-list", "--currency", "EUR", ...columns);
  pictures.close();
  expect(said).toContain("1 new products");
  expect(said).toContain("1 enrolled");
  expect(code).toBe(0);
  expect(await cloud.catalog.product(Sku.parse("cup"))).toMatchObject({
    price: { minor: 499, currency: "EUR" },
  });
  expect(await references("cup")).toBe(1);
});

describe("options", () => {
  test.each([
    [[], "which"],
    [["a", "b"], "which"],
    [["a.zip", "--price-list"], "--price-list"],
    [["a.csv", "--columns", "sku"], "--columns"],
    [["a", "--batch", "1"], "--batch"],
    [["a", "--nonsense"], "nonsense"],
  ])("%j is refused by name", (argv, name) => {
    expect(() => parseEnrol(argv)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(name) }),
    );
  });

  test("the help names every option, and what is not there is one clear error", async () => {
    const known = parseEnrol(["x", "--columns", "a=b", "--currency", "EUR", "--label", "l", "--models", "m"]);
    for (const option of Object.keys(known).filter((o) => o !== "help" && o !== "path"))
      expect(enrolHelp).toContain(`--${option}`);
    await expect(run(path("nowhere"))).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });
});
