import { once } from "node:events";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import S3rver from "s3rver";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../../test-helpers.js";
import { type S3Server, startS3Server } from "../testing/s3-server.js";
import { FolderObjectStore } from "./folder-store.js";
import type { ObjectStore } from "./object-store.js";
import { openObjectStore, s3Options } from "./open.js";
import { S3ObjectStore } from "./s3-store.js";

let folder: ReturnType<typeof temporaryFolder>;
let server: InstanceType<typeof S3rver>;
let endpoint: string;
let checking: S3Server;
const credentials = { accessKeyId: "HQ", secretAccessKey: "of/headquarters+" };

beforeAll(async () => {
  folder = temporaryFolder();
  // Another project's server, so that signatures and answers are not only our own idea of S3.
  server = new S3rver({
    ...{ port: 0, address: "127.0.0.1", silent: true, directory: join(folder.dir, "s3") },
    configureBuckets: [{ name: "goods", configs: [] }],
  });
  const address = await server.run();
  endpoint = `http://127.0.0.1:${address.port}`;
  checking = await startS3Server({ bucket: "goods", region: "eu-central-1", credentials, pageSize: 2 });
});
afterAll(async () => {
  await checking.close();
  await server.close();
  folder.clean();
});

type S3 = ReturnType<typeof s3Options>;
const s3 = (more: Partial<S3> = {}) =>
  new S3ObjectStore({
    ...{ bucket: "goods", prefix: "hq/", region: "us-east-1", endpoint },
    ...{ credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" } },
    ...more,
  });

const signed = (more: Partial<S3> = {}) =>
  s3({ region: "eu-central-1", endpoint: checking.endpoint, credentials, ...more });

async function listed(ids: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const id of ids) all.push(id);
  return all;
}

function objectStoreContract(name: string, open: () => ObjectStore): void {
  describe(name, () => {
    let store: ObjectStore;
    beforeAll(() => {
      store = open();
    });
    afterAll(() => store.close());
    const put = (id: string, bytes: Uint8Array | string) =>
      store.put(id, {
        bytes: typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes,
        type: "image/png",
      });
    const all = async (prefix: string) => listed(store.list(prefix));

    test("what was stored comes back byte for byte, and the last one wins", async () => {
      const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 256);
      await put("photo/a.jpg", "first");
      await put("photo/a.jpg", bytes);
      expect(Buffer.compare(await store.get("photo/a.jpg"), bytes)).toBe(0);
      await put("photo/empty", new Uint8Array());
      expect((await store.get("photo/empty")).length).toBe(0);
    });

    test("what is not there is said to be missing, removing it does no harm", async () => {
      await expect(store.get("photo/none.jpg")).rejects.toMatchObject({ code: "NOT_FOUND" });
      expect(await store.has("photo/none.jpg")).toBe(false);
      await store.delete("photo/none.jpg");
      await put("photo/gone.jpg", "x");
      expect(await store.has("photo/gone.jpg")).toBe(true);
      await store.delete("photo/gone.jpg");
      expect(await store.has("photo/gone.jpg")).toBe(false);
    });

    test("ids are listed by their beginning, in order", async () => {
      for (const id of ["list/b", "list/a", "list/sub/c", "lists/d"]) await put(id, id);
      expect(await all("list/")).toEqual(["list/a", "list/b", "list/sub/c"]);
      expect(await all("nothing/")).toEqual([]);
    });

    test("many at once do not disturb each other", async () => {
      await Promise.all(Array.from({ length: 20 }, (_, i) => put(`many/${i}`, `object ${i}`)));
      const texts = await Promise.all(Array.from({ length: 20 }, (_, i) => store.get(`many/${i}`)));
      expect(texts.map((t) => new TextDecoder().decode(t))).toEqual(
        Array.from({ length: 20 }, (_, i) => `object ${i}`),
      );
    });

    test.each(["../token", "a/../../b", "/etc/passwd", "a//b", "A.jpg", "", ".hidden", "a/.b", "a\u0000b"])(
      "%j is no id",
      async (id) => {
        for (const call of [() => put(id, "x"), () => store.get(id), () => store.delete(id)])
          await expect((async () => call())()).rejects.toMatchObject({ code: "INVALID_INPUT" });
      },
    );
  });
}

objectStoreContract("a folder", () => new FolderObjectStore(join(folder.dir, "objects")));
objectStoreContract("a bucket of an S3-compatible server", () => s3());
objectStoreContract("a bucket of a server that checks every signature", () => signed());

test("two prefixes of one bucket do not see each other", async () => {
  const [a, b] = [s3({ prefix: "a/" }), s3({ prefix: "b/" })];
  await a.put("x", { bytes: Uint8Array.of(1), type: "image/png" });
  expect(await b.has("x")).toBe(false);
  expect(await listed(a.list(""))).toEqual(["x"]);
});

test("a list that comes in several answers is complete", async () => {
  const answers: Record<string, string> = {
    "": "<IsTruncated>true</IsTruncated><NextContinuationToken>two</NextContinuationToken><Contents><Key>hq/a</Key></Contents>",
    two: "<IsTruncated>false</IsTruncated><Contents><Key>hq/b</Key></Contents>",
  };
  const scripted = createServer((request, response) => {
    const token = new URL(request.url ?? "", "http://localhost").searchParams.get("continuation-token") ?? "";
    response.setHeader("content-type", "application/xml");
    response.end(`<?xml version="1.0"?><ListBucketResult>${answers[token]}</ListBucketResult>`);
  }).listen(0, "127.0.0.1");
  await once(scripted, "listening");
  const { port } = scripted.address() as AddressInfo;
  const store = s3({ endpoint: `http://127.0.0.1:${port}` });
  expect(await listed(store.list(""))).toEqual(["a", "b"]);
  await store.close();
  scripted.close();
});

test("wrong credentials, a missing bucket and a server that is not there are one clear error", async () => {
  for (const options of [
    { credentials: { accessKeyId: "nobody", secretAccessKey: "wrong" } },
    { bucket: "nothing" },
    { endpoint: "http://127.0.0.1:9" },
  ])
    await expect(s3(options).put("x", { bytes: Uint8Array.of(1), type: "a/b" })).rejects.toMatchObject({
      ...{ code: "OBJECT_STORE", message: expect.stringContaining("bucket") },
    });
});

const object = { bytes: new TextEncoder().encode("a picture"), type: "image/png" };

test.each<[string, Partial<S3>, string, string]>([
  [
    "a wrong secret",
    { credentials: { ...credentials, secretAccessKey: "wrong" } },
    "SignatureDoesNotMatch",
    "AWS_SECRET_ACCESS_KEY",
  ],
  [
    "an unknown access key",
    { credentials: { ...credentials, accessKeyId: "nobody" } },
    "InvalidAccessKeyId",
    "AWS_ACCESS_KEY_ID",
  ],
  ["a wrong region", { region: "us-east-1" }, "AuthorizationHeaderMalformed", "region="],
  ["a bucket that is not there", { bucket: "nothing" }, "NoSuchBucket", "Create the bucket"],
])("%s is refused by the server, and the error says what to do", async (_, options, code, fix) => {
  const before = checking.refused.length;
  await expect(signed(options).put("refused", object)).rejects.toMatchObject({
    ...{ code: "OBJECT_STORE", message: expect.stringContaining(code), fix: expect.stringContaining(fix) },
  });
  expect(new Set(checking.refused.slice(before))).toEqual(new Set([code]));
  expect(await signed().has("refused")).toBe(false);
});

test("a question about an object that is refused without a word names the credentials", async () => {
  const wrong = signed({ credentials: { ...credentials, secretAccessKey: "wrong" } });
  await expect(wrong.has("a")).rejects.toMatchObject({
    ...{ code: "OBJECT_STORE", fix: expect.stringContaining("AWS_SECRET_ACCESS_KEY") },
  });
});

test("a body that is changed on the way is refused, and nothing is stored", async () => {
  const proxy = createServer((incoming, outgoing) => {
    const onward = request(
      checking.endpoint + incoming.url,
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    incoming.on("data", (bytes: Buffer) => onward.write(Buffer.from(bytes.map((byte) => byte ^ 1))));
    incoming.on("end", () => onward.end());
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const store = signed({ endpoint: `http://127.0.0.1:${port}` });
  await expect(store.put("tampered", object)).rejects.toMatchObject({
    ...{ code: "OBJECT_STORE", message: expect.stringContaining("XAmzContentSHA256Mismatch") },
    fix: expect.stringContaining("prox"),
  });
  expect(await signed().has("tampered")).toBe(false);
  await store.close();
  proxy.close();
  proxy.closeAllConnections();
});

test("a server whose clock is an hour off is still spoken to: the client goes by the server's time", async () => {
  const ahead = await startS3Server({
    ...{ bucket: "goods", region: "eu-central-1", credentials },
    now: () => new Date(Date.now() + 3_600_000),
  });
  const store = signed({ endpoint: ahead.endpoint });
  await store.put("late", object);
  expect(ahead.refused).toEqual(["RequestTimeTooSkewed"]);
  expect(new TextDecoder().decode(await store.get("late"))).toBe("a picture");
  await store.close();
  await ahead.close();
});

test("a writer that was killed leaves nothing that is listed", async () => {
  const dir = join(folder.dir, "killed");
  mkdirSync(join(dir, "photo"), { recursive: true });
  writeFileSync(join(dir, "photo", ".half-written"), "x");
  expect(await listed(new FolderObjectStore(dir).list(""))).toEqual([]);
});

test("photos of the first release are found under their new ids", async () => {
  const dataDir = join(folder.dir, "first-release");
  mkdirSync(join(dataDir, "photos"), { recursive: true });
  writeFileSync(join(dataDir, "photos", "abc.jpg"), "x");
  const store = await openObjectStore(dataDir);
  expect(await store.has("photo/abc.jpg")).toBe(true);
  expect(readdirSync(dataDir)).toEqual(["objects"]);
});

test.each([
  ["s3://goods", { bucket: "goods", prefix: "", endpoint: undefined, region: "us-east-1" }],
  [
    "s3://goods/hq/a?endpoint=https://minio.example:9000&region=eu-central-1",
    { bucket: "goods", prefix: "hq/a/", endpoint: "https://minio.example:9000", region: "eu-central-1" },
  ],
])("%s", (setting, options) => expect(s3Options(setting)).toEqual(options));

test.each(["s3://", "s3://key:secret@goods", "s3://goods?endpoint=minio:9000", "s3://goods?regoin=x"])(
  "%s is refused",
  (setting) => expect(() => s3Options(setting)).toThrow(expect.objectContaining({ code: "INVALID_INPUT" })),
);
