import { createWriteStream, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import yazl from "yazl";
import { type CloudSync, startCloudSync } from "../cloud.js";
import { embedderId, product, temporaryFolder, testPhoto, testReader } from "../test-helpers.js";
import { withToken } from "./testing.js";

let folder: ReturnType<typeof temporaryFolder>;
let cloud: CloudSync;

beforeAll(async () => {
  folder = temporaryFolder();
  vi.stubEnv("TMPDIR", folder.dir);
  const dataDir = join(folder.dir, "hq");
  cloud = await startCloudSync({ dataDir, store: "north", embedderId, photoReader: testReader() });
  for (const sku of ["mug", "cup"]) await cloud.catalog.putProduct(product(sku), "test");
}, 60_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await cloud.stop();
  folder.clean();
});

async function zip(entries: Readonly<Record<string, string | Uint8Array>>): Promise<Blob> {
  const file = new yazl.ZipFile();
  for (const [name, bytes] of Object.entries(entries)) file.addBuffer(Buffer.from(bytes as Uint8Array), name);
  file.end();
  const path = join(folder.dir, "sent.zip");
  await pipeline(file.outputStream, createWriteStream(path));
  return new Blob([readFileSync(path)]);
}

const form = (file: Blob, name = "spring.zip") => {
  const body = new FormData();
  body.append("file", file, name);
  return body;
};

async function send(body: FormData | Blob, type?: string, query = "") {
  const answer = await fetch(`${cloud.url}/api/enrolments/zip${query}`, {
    ...{ method: "POST", body },
    headers: { ...withToken(cloud.token), ...(type === undefined ? {} : { "content-type": type }) },
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape.
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as any };
}

const get = async (path: string) =>
  (await (await fetch(cloud.url + path, { headers: withToken(cloud.token) })).json()) as {
    counts: Record<string, number>;
    label: string;
  };
const left = async () => (await readdir(tmpdir())).filter((name) => name.startsWith("tillsight-zip-"));

test("photos in a ZIP are enrolled by their names, and what was left out is named with its reason", async () => {
  const file = await zip({
    "mug.png": await testPhoto(10),
    "cup/front.jpg": await testPhoto(20, "jpeg"),
    "stranger.png": await testPhoto(30),
    "mug_2.jpg": "no picture at all",
    "cup/old.heic": "x",
    "notes.txt": "passed over",
  });
  const { status, headers, body } = await send(form(file));
  expect(status).toBe(202);
  expect(body.sent).toBe(2);
  expect(body.problems).toEqual([
    { source: "stranger.png", message: "there is no product stranger" },
    { source: "mug_2.jpg", message: expect.stringContaining("no JPEG, PNG or WebP") },
    { source: "cup/old.heic", message: expect.stringContaining("HEIC is not taken") },
  ]);
  const batch = headers.get("location") ?? "";
  expect(batch).toContain(body.batch);
  await expect.poll(async () => (await get(batch)).counts.enrolled, { timeout: 20_000 }).toBe(2);
  expect((await get(batch)).label).toBe("spring.zip");
  await expect.poll(left).toEqual([]);
});

test.each(["application/zip", "application/x-zip-compressed"])(
  "a ZIP may be the whole body (%s), and the same one sent again to the same batch is one",
  async (type) => {
    const batch = crypto.randomUUID();
    const file = await zip({ "mug.png": await testPhoto(40), "mug_2.png": await testPhoto(50) });
    for (let i = 0; i < 2; i++)
      expect((await send(file, type, `?batch=${batch}&label=mugs`)).body).toEqual({
        batch,
        sent: 2,
        problems: [],
      });
    const { counts } = await get(`/api/enrolments/batches/${batch}`);
    expect(Object.values(counts).reduce((sum, n) => sum + n, 0)).toBe(2);
  },
);

const many = () => zip(Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`mug_${i}.jpg`, ""])));
const refused: [situation: string, send: () => ReturnType<typeof send>, title: RegExp][] = [
  ["a file that is no ZIP", async () => send(form(new Blob(["hello"]))), /spring\.zip is no ZIP/],
  ["a ZIP of too many entries", async () => send(form(await many())), /has 10001 entries, 10000 are taken/],
  ["a form without a file", async () => send(new FormData()), /form has no file/],
  ["JSON", async () => send(new Blob(["{}"]), "application/json"), /the body is no ZIP/],
];
test.each(refused)("%s is refused with what to do, and nothing is left of it", async (_, call, title) => {
  const { status, body } = await call();
  expect([status, body.type]).toEqual([400, "INVALID_INPUT"]);
  expect(body.title).toMatch(title);
  expect(body.fix).toMatch(/\w/);
  await expect.poll(left).toEqual([]);
});
