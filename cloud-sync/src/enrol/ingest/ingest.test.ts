import { createWriteStream, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { InvalidInputError, InvariantError, Sku } from "@tillsight/contracts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import yazl from "yazl";
import { CloudStartError } from "../../errors.js";
import { product, temporaryFolder } from "../../test-helpers.js";
import { fromFolder } from "./folder.js";
import { fromLinks } from "./links.js";
import { namesOf } from "./names.js";
import { importPriceList } from "./price-list.js";
import { type EnrolTarget, ingest } from "./run.js";
import type { IngestItem, Ingestion } from "./source.js";
import { fromZip } from "./zip.js";

let folder: ReturnType<typeof temporaryFolder>;
const path = (name: string) => join(folder.dir, name);
function write(name: string, text: string | Uint8Array): string {
  mkdirSync(dirname(path(name)), { recursive: true });
  writeFileSync(path(name), text);
  return path(name);
}
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(() => folder.clean());

async function all(from: Ingestion): Promise<IngestItem[]> {
  const items: IngestItem[] = [];
  for await (const item of from) items.push(item);
  return items;
}
const told = (items: readonly IngestItem[]) =>
  items.map((item) => [item.source, item.kind === "problem" ? item.message : item.names[0]]);

test.each([
  ["mug.jpg", ["mug"]],
  ["mug_2.jpg", ["mug_2", "mug"]],
  ["mug-02.JPG", ["mug-02", "mug"]],
  ["mug (3).png", ["mug (3)", "mug"]],
  ["4006381333931_1.webp", ["4006381333931_1", "4006381333931"]],
  ["mug/front view.jpg", ["front view", "mug"]],
  ["spring/cola-0.5.jpg", ["cola-0.5", "cola-0", "spring"]],
])("a picture named %s may be of %j", (name, names) => {
  expect(namesOf(name)).toEqual(names);
});

const files: [string, string | Uint8Array][] = [
  ["mug.jpg", "a"],
  ["cups/cup_1.png", "b"],
  ["readme.txt", "passed over"],
  ["old/cup.heic", "c"],
  ["__MACOSX/._mug.jpg", "clutter"],
  [".hidden/mug.jpg", "clutter"],
];
const wanted = [
  ["cups/cup_1.png", "cup_1"],
  ["mug.jpg", "mug"],
  ["old/cup.heic", "HEIC is not taken: save it as JPEG, PNG or WebP"],
];

test("a folder's pictures come in the order of their names, others are named, clutter is passed over", async () => {
  for (const [name, bytes] of files) write(`goods/${name}`, bytes);
  const items = await all(fromFolder(path("goods")));
  expect(told(items)).toEqual(wanted);
  const [first] = items;
  expect(first?.kind === "photo" && Buffer.from(await first.bytes()).toString()).toBe("b");
  await expect(all(fromFolder(path("nowhere")))).rejects.toMatchObject({ code: "INVALID_INPUT" });
});

async function zip(name: string, entries: readonly [string, string | Uint8Array][]): Promise<string> {
  const file = new yazl.ZipFile();
  for (const [entry, bytes] of entries) file.addBuffer(Buffer.from(bytes as Uint8Array), entry);
  file.end();
  await pipeline(file.outputStream, createWriteStream(path(name)));
  return path(name);
}

describe("a ZIP", () => {
  test("is read like a folder, each picture when it is its turn", async () => {
    const seen: [string, string | undefined][] = [];
    for await (const item of fromZip(await zip("goods.zip", files)))
      seen.push([
        item.source,
        item.kind === "photo" ? Buffer.from(await item.bytes()).toString() : undefined,
      ]);
    expect(seen).toEqual([
      ["mug.jpg", "a"],
      ["cups/cup_1.png", "b"],
      ["old/cup.heic", undefined],
    ]);
  });

  test("with a picture that would grow beyond all measure leaves that one out", async () => {
    const bomb = await zip("bomb.zip", [["mug.jpg", new Uint8Array(13 * 2 ** 20)]]);
    expect(told(await all(fromZip(bomb)))).toEqual([["mug.jpg", "it has more than 12 MiB"]]);
  });

  test("with more entries or more in it than is taken is refused before its first picture", async () => {
    const file = await zip("much.zip", files);
    const cases = [
      [{ entries: 5 }, "goods from Anna has 6 entries, 5 are taken"],
      [{ bytes: 1 }, "the pictures in goods from Anna have 1 MiB"],
    ] as const;
    for (const [limits, message] of cases) {
      const source = fromZip(file, { ...limits, name: "goods from Anna" });
      const first = source[Symbol.asyncIterator]().next();
      await expect(first).rejects.toMatchObject({
        ...{ code: "INVALID_INPUT", message: expect.stringContaining(message) },
      });
    }
    expect(await all(fromZip(file, { entries: 6, bytes: 2 }))).toHaveLength(3);
  });

  test("whose directory says less than an entry unpacks to does not get further than that", async () => {
    const file = await zip("liar.zip", [["mug.jpg", new Uint8Array(5 * 2 ** 20)]]);
    const bytes = readFileSync(file);
    // Size after unpacking, in the directory's entry.
    bytes.writeUInt32LE(1000, bytes.indexOf("PK\x01\x02") + 24);
    writeFileSync(file, bytes);
    for await (const item of fromZip(file)) {
      if (item.kind !== "photo") throw new InvariantError("the ZIP holds one photo");
      await expect(item.bytes()).rejects.toMatchObject({
        ...{ code: "INVALID_INPUT", message: expect.stringContaining("mug.jpg cannot be unpacked") },
      });
    }
  });

  test("that is torn, or is none, is one clear error", async () => {
    const torn = await zip("torn.zip", files);
    truncateSync(torn, 100);
    for (const file of [torn, write("no.zip", "hello")])
      await expect(all(fromZip(file))).rejects.toMatchObject({ code: "INVALID_INPUT", fix: "Pack it anew." });
  });
});

describe("a list of links", () => {
  test.each([
    ["our own names", "sku,image\nmug,https://a.example/1.jpg https://a.example/2.jpg\n", {}],
    [
      "semicolons and other names",
      "Nr;Bild\nmug;https://a.example/1.jpg|https://a.example/2.jpg\n",
      { sku: "nr", image: "Bild" },
    ],
  ])("with %s gives every link with its line", async (_, text, columns) => {
    const items = await all(fromLinks(write("links.csv", text), columns));
    expect(items.map((item) => item.kind === "link" && [item.source, item.names, item.url])).toEqual([
      ["line 2", ["mug"], "https://a.example/1.jpg"],
      ["line 2", ["mug"], "https://a.example/2.jpg"],
    ]);
  });

  test("names lines without a product and links that are none", async () => {
    const text = "sku,gtin,image\n,,https://a.example/1.jpg\nmug,,file:///etc/passwd\n,4006381333931,\n";
    expect(told(await all(fromLinks(write("links.csv", text))))).toEqual([
      ["line 2", "no SKU and no GTIN"],
      ["line 3", '"file:///etc/passwd" is no web address'],
    ]);
  });

  test("without a column for pictures says which columns there are", async () => {
    const listed = all(fromLinks(write("links.csv", "sku,price\nmug,1\n")));
    await expect(listed).rejects.toMatchObject({ message: expect.stringContaining("sku, price") });
  });
});

test("a price list reaches the catalog's import under our names, quotes and all", async () => {
  const file = write(
    "list.csv",
    '\ufeffNr;Bezeichnung;VK;Bild\nmug;"Mug; ""big""";4,99;https://a.example/1.jpg\n',
  );
  let text = "";
  await importPriceList(file, { sku: "nr", name: "Bezeichnung", price: "VK" }, async (bytes, options) => {
    for await (const chunk of bytes) text += Buffer.from(chunk).toString();
    expect(options).toMatchObject({ kind: "products", format: "csv", ignoreUnknown: true, file: "list.csv" });
    return {} as never;
  });
  expect(text).toBe('"sku","name","price","Bild"\n"mug","Mug; ""big""","4,99","https://a.example/1.jpg"\n');
});

describe("sending what a source has", () => {
  const mug = product("mug", { gtins: ["4006381333931"] });
  const photo = (source: string, ...names: string[]): IngestItem => ({
    ...{ kind: "photo", source, names },
    bytes: async () => Buffer.from(source),
  });
  async function* source(...items: IngestItem[]): Ingestion {
    yield* items;
  }
  const target = (upload: EnrolTarget["upload"] = async () => {}) => {
    const links: string[] = [];
    const own: EnrolTarget = {
      product: async (sku) => (sku === "mug" ? mug : undefined),
      search: async (text) => (text.endsWith("4006381333931") ? [mug] : []),
      upload,
      link: async (list) => void links.push(...list.map(({ sku, url }) => `${sku} ${url}`)),
    };
    return { own, links };
  };

  test("products are found by SKU, count and barcode; what belongs to none is named and the rest goes on", async () => {
    const uploaded: string[] = [];
    const { own, links } = target(async (sku, { source: at }) => void uploaded.push(`${sku} ${at}`));
    const report = await ingest(
      source(
        photo("a.jpg", "mug"),
        photo("b.jpg", "nothing", "04006381333931"),
        photo("c.jpg", "nobody"),
        { kind: "link", source: "line 2", names: ["mug"], url: "https://a.example/1.jpg" },
        { kind: "problem", source: "d.gif", message: "GIF" },
      ),
      own,
      () => {},
    );
    expect(uploaded).toEqual(["mug a.jpg", "mug b.jpg"]);
    expect(links).toEqual(["mug https://a.example/1.jpg"]);
    expect(report).toEqual({
      sent: 3,
      problems: [
        { source: "c.jpg", message: "there is no product nobody" },
        { source: "d.gif", message: "GIF" },
      ],
    });
  });

  test("one picture that is refused is a problem, a headquarters that is away ends it", async () => {
    const refuse = async () => {
      throw new InvalidInputError("no", "none");
    };
    const report = await ingest(source(photo("a.jpg", "mug")), target(refuse).own, () => {});
    expect(report).toEqual({ sent: 0, problems: [{ source: "a.jpg", message: "no. none" }] });
    const away = async () => {
      throw new CloudStartError("away", "wait");
    };
    await expect(
      ingest(source(photo("a.jpg", Sku.parse("mug"))), target(away).own, () => {}),
    ).rejects.toThrow("away");
  });
});
