import { randomUUID } from "node:crypto";
import { Sku } from "@tillsight/contracts";
import sharp from "sharp";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type CloudSync, startCloudSync } from "../cloud.js";
import type { PhotoReader } from "../enrol/reading.js";
import { embedderId, product, temporaryFolder, testPhoto, testReader } from "../test-helpers.js";

let folder: ReturnType<typeof temporaryFolder>;
let cloud: CloudSync;
/** What the next reading does instead of its work. */
let instead: (() => Promise<never>) | undefined;
const real = testReader();
const photoReader: PhotoReader = {
  embedderId,
  read: (bytes) => (instead ? instead() : real.read(bytes)),
};
beforeAll(async () => {
  folder = temporaryFolder();
  const enrolQueue = { maxAttempts: 3, backOff: { firstMs: 20, mostMs: 40 } };
  cloud = await startCloudSync({
    ...{ dataDir: folder.dir, store: "north", embedderId, photoReader, enrolQueue, mostReferences: 6 },
  });
}, 120_000);
afterAll(async () => {
  await cloud.stop();
  folder.clean();
});
beforeEach(async () => {
  instead = undefined;
  for (const { sku } of await cloud.catalog.products("", 500)) await cloud.catalog.removeProduct(sku, "test");
  for (const sku of ["mug", "cup"]) await cloud.catalog.putProduct(product(sku), "test");
});

interface Shown {
  readonly id: string;
  readonly state: string;
  readonly picture: string;
  readonly verdict: { findings: { code: string }[]; conflicts: { sku: string; picture: string }[] } | null;
}

/** What is asked of any answer here. */
type Answer = Shown & { enrolments: Shown[]; batches: { id: string }[] };

const bearer = () => ({ headers: { authorization: `Bearer ${cloud.token}` } });
async function call(method: string, path: string, body?: Uint8Array | FormData | object, type?: string) {
  const raw = body instanceof Uint8Array || body instanceof FormData;
  const response = await fetch(cloud.url + path, {
    method,
    headers: {
      authorization: `Bearer ${cloud.token}`,
      ...(type
        ? { "content-type": type }
        : body !== undefined && !raw
          ? { "content-type": "application/json" }
          : {}),
    },
    ...(body === undefined ? {} : { body: raw ? (body as FormData) : JSON.stringify(body) }),
  });
  const answer = (response.status === 204 ? null : await response.json()) as Answer;
  return { status: response.status, headers: response.headers, body: answer };
}

const form = (...pictures: Uint8Array[]) => {
  const body = new FormData();
  for (const [i, bytes] of pictures.entries())
    body.append("photo", new Blob([new Uint8Array(bytes)]), `${i}.png`);
  return body;
};

async function upload(sku: string, ...pictures: Uint8Array[]): Promise<Shown[]> {
  const { status, body } = await call("POST", `/api/products/${sku}/photos`, form(...pictures));
  expect(status).toBe(202);
  return body.enrolments;
}

const shown = async (id: string): Promise<Shown> => (await call("GET", `/api/enrolments/${id}`)).body;
async function until(id: string, state: string): Promise<Shown> {
  await expect.poll(async () => (await shown(id)).state, { timeout: 10_000 }).toBe(state);
  return shown(id);
}
const references = (sku: string) => cloud.catalog.referencesOf(Sku.parse(sku));
const codes = ({ verdict }: Shown) => verdict?.findings.map(({ code }) => code);

test("photos of every kind become references of their product, and their pictures can be looked at", async () => {
  const jobs = await upload(
    "mug",
    await testPhoto(10, "jpeg"),
    await testPhoto(20),
    await testPhoto(30, "webp"),
  );
  for (const { id } of jobs) await until(id, "enrolled");
  const ids = (await references("mug")).map(({ id }) => id);
  expect([...ids].sort()).toEqual(jobs.map(({ id }) => id).sort());
  for (const [i, kind] of ["jpeg", "png", "webp"].entries()) {
    const picture = await fetch(`${cloud.url}${jobs[i]?.picture}`, bearer());
    expect(picture.headers.get("content-type")).toBe(`image/${kind}`);
    expect(picture.headers.get("x-content-type-options")).toBe("nosniff");
    expect((await sharp(await picture.arrayBuffer()).metadata()).width).toBe(240);
  }
  const small = await fetch(`${cloud.url}${jobs[0]?.picture}?size=64`, bearer());
  expect((await sharp(await small.arrayBuffer()).metadata()).width).toBe(64);
});

test("one picture can be the whole body, and an upload sent twice to one batch is one", async () => {
  const batch = "6f2c9f4e-3b5a-4c37-9d0e-0000000000aa";
  const send = async () =>
    call("POST", `/api/products/mug/photos?batch=${batch}&label=mugs`, await testPhoto(40), "image/png");
  const [first, second] = [await send(), await send()];
  expect(second.body.enrolments[0]?.id).toBe(first.body.enrolments[0]?.id);
  await until(first.body.enrolments[0]?.id ?? "", "enrolled");
  const report = await call("GET", first.headers.get("location") ?? "");
  expect(report.body).toMatchObject({ id: batch, label: "mugs", counts: { enrolled: 1, queued: 0 } });
  expect(await references("mug")).toHaveLength(1);
  expect((await call("GET", "/api/enrolments/batches")).body.batches[0]?.id).toBe(batch);
});

describe("what is refused at the door", () => {
  const wide = () =>
    sharp({ create: { width: 20_000, height: 6_000, channels: 3, background: "#888" } })
      .png()
      .toBuffer();
  const cases: [name: string, pictures: () => Promise<Uint8Array[]>][] = [
    ["no picture", async () => []],
    ["a text that says it is a picture", async () => [Buffer.from("#!/bin/sh")]],
    ["a head without a picture behind it", async () => [Buffer.from("\x89PNG\r\n\x1a\nnothing", "latin1")]],
    ["a picture of too many pixels", async () => [await wide()]],
    [
      "a picture of too few pixels",
      async () => [
        await sharp(await testPhoto(1))
          .resize(40)
          .png()
          .toBuffer(),
      ],
    ],
    ["too many pictures", async () => Promise.all(Array.from({ length: 11 }, (_, i) => testPhoto(i)))],
    ["a good one beside a bad one", async () => [await testPhoto(1), Buffer.from("text")]],
  ];
  test.each(cases)("%s: a problem with a fix, and no job", async (_, pictures) => {
    const answer = await call("POST", "/api/products/mug/photos", form(...(await pictures())));
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.body).toMatchObject({ title: expect.any(String), fix: expect.stringMatching(/\w/) });
    expect((await call("GET", "/api/enrolments?sku=mug&state=queued,running")).body.enrolments).toEqual([]);
  });

  test("a product that is not there", async () => {
    expect((await call("POST", "/api/products/none/photos", form(await testPhoto(1)))).status).toBe(404);
  });
});

test("a torn picture is refused with its reason, without trying again", async () => {
  const whole = await testPhoto(50, "jpeg");
  const [job] = await upload("mug", whole.subarray(0, whole.length / 2));
  expect(await until(job?.id ?? "", "refused")).toMatchObject({
    attempts: 1,
    failure: { code: "PHOTO_REFUSED" },
  });
});

test("a photo taken with the phone turned is looked at upright", async () => {
  const turned = await sharp(await testPhoto(60, "jpeg"))
    .withMetadata({ orientation: 6 })
    .toBuffer();
  const [job] = await upload("mug", turned);
  expect((await until(job?.id ?? "", "enrolled")).verdict).toMatchObject({ width: 180, height: 240 });
});

test("a blurred photo waits for a person, who takes it or does without it", async () => {
  const blurred = (red: number) => testPhoto(red).then((bytes) => sharp(bytes).blur(9).png().toBuffer());
  const jobs = await upload("mug", await blurred(70), await blurred(80));
  for (const { id } of jobs) expect(codes(await until(id, "held"))).toContain("blurred");
  expect(await references("mug")).toEqual([]);
  const [take, leave] = jobs.map(({ id }) => id);
  expect((await call("POST", `/api/enrolments/${take}/accept`)).status).toBe(200);
  await until(take ?? "", "enrolled");
  expect((await call("POST", `/api/enrolments/${leave}/reject`)).body).toMatchObject({ state: "refused" });
  expect((await call("POST", `/api/enrolments/${take}/reject`)).status).toBe(409);
  expect((await references("mug")).map(({ id }) => id)).toEqual([take]);
});

test("the same picture for another product is held, and both pictures are at hand", async () => {
  const [first] = await upload("mug", await testPhoto(90));
  await until(first?.id ?? "", "enrolled");
  const [second] = await upload(
    "cup",
    await sharp(await testPhoto(90))
      .webp({ lossless: true })
      .toBuffer(),
  );
  const held = await until(second?.id ?? "", "held");
  expect(codes(held)).toContain("duplicate");
  expect(held.verdict?.conflicts).toMatchObject([
    { sku: "mug", reference: first?.id, picture: first?.picture },
  ]);
  for (const path of [held.picture, held.verdict?.conflicts[0]?.picture])
    expect((await fetch(`${cloud.url}${path}`, bearer())).status).toBe(200);
  await cloud.catalog.removeReference(first?.id ?? "", "test");
  await call("POST", `/api/enrolments/${second?.id}/retry`);
  expect((await until(second?.id ?? "", "enrolled")).verdict?.conflicts).toEqual([]);
});

/** The same pixels in another file. */
const copy = (red: number) =>
  testPhoto(red).then((bytes) => sharp(bytes).webp({ lossless: true }).toBuffer());
const refer = (sku: string, ...vectors: Float32Array[]) =>
  cloud.catalog.addReferences(
    Sku.parse(sku),
    vectors.map((vector) => ({ id: randomUUID(), vector })),
    "test",
  );
/** Of that photo, as the worker makes it. */
const vectorOf = async (red: number) => (await real.read(await testPhoto(red))).vector;

test("a photo that looks like another product rather than its own waits for a person", async () => {
  const looks = await vectorOf(140);
  const opposite = looks.map((v) => -v);
  // Alike, and yet no duplicate.
  const alike = looks.map((v, i) => v + (i === 0 ? 0.5 : 0));
  const length = Math.hypot(...alike);
  await refer("cup", ...[1, 2].map(() => alike.map((v) => v / length)));
  await refer("mug", opposite, opposite, opposite, opposite);
  const [stray] = await upload("mug", await testPhoto(140));
  const held = await until(stray?.id ?? "", "held");
  expect(codes(held)).toContain("stray");
  expect(held.verdict?.conflicts).toMatchObject([{ sku: "cup" }]);
  expect(await references("mug")).toHaveLength(4);
});

test("a wrong photo that came before the product it shows is found later, and stays once a person wants it", async () => {
  const ids = async () => (await references("mug")).map(({ id }) => id);
  const [early] = await upload("mug", await testPhoto(150));
  const wrong = early?.id ?? "";
  await until(wrong, "enrolled");
  const looks = await vectorOf(150);
  const opposite = looks.map((v) => -v);
  await refer("mug", opposite, opposite, opposite, opposite);
  await refer("cup", looks);
  const [right] = await upload("cup", await copy(150));
  await until(right?.id ?? "", "held");
  await call("POST", `/api/enrolments/${right?.id}/accept`);
  expect(codes(await until(wrong, "held"))).toContain("stray");
  expect(await ids()).toHaveLength(4);
  expect(await ids()).not.toContain(wrong);
  await call("POST", `/api/enrolments/${wrong}/accept`);
  await until(wrong, "enrolled");
  const [more] = await upload("cup", await testPhoto(155));
  await until(more?.id ?? "", "enrolled");
  expect((await shown(wrong)).state).toBe("enrolled");
  expect(await ids()).toContain(wrong);
});

test("a product with all the photos it may have takes what shows something new, or what a person wants", async () => {
  const ids = async () => (await references("mug")).map(({ id }) => id);
  const [one, other] = [await vectorOf(180), await vectorOf(190)];
  await refer("mug", one, one, other, ...(await Promise.all([210, 215, 220].map(vectorOf))));
  const [fresh] = await upload("mug", await testPhoto(200));
  expect(codes(await until(fresh?.id ?? "", "enrolled"))).toContain("replaces");
  expect(await ids()).toHaveLength(6);
  expect(await ids()).toContain(fresh?.id);
  const [again] = await upload("mug", await copy(200));
  expect(codes(await until(again?.id ?? "", "refused"))).toContain("surplus");
  expect(await ids()).not.toContain(again?.id);
  await call("POST", `/api/enrolments/${again?.id}/accept`);
  await until(again?.id ?? "", "enrolled");
  expect(await ids()).toContain(again?.id);
  expect(await ids()).toHaveLength(6);
});

test("a picture that fails again and again is on the dead-letter list, and goes through by hand", async () => {
  instead = async () => {
    throw new RangeError("out of memory");
  };
  const [job] = await upload("mug", await testPhoto(100));
  await until(job?.id ?? "", "dead");
  const { body } = await call("GET", "/api/enrolments?state=dead");
  expect(body.enrolments).toMatchObject([
    { id: job?.id, attempts: 3, failure: { message: "out of memory" } },
  ]);
  instead = undefined;
  await call("POST", `/api/enrolments/${job?.id}/retry`);
  await until(job?.id ?? "", "enrolled");
});

test("a product that goes while its photo waits leaves no reference behind", async () => {
  let go = () => {};
  const gone = new Promise<void>((resolve) => {
    go = resolve;
  });
  instead = async () => {
    await gone;
    instead = undefined;
    return real.read(await testPhoto(110)) as Promise<never>;
  };
  const [job] = await upload("mug", await testPhoto(110));
  await until(job?.id ?? "", "running");
  await cloud.catalog.removeProduct(Sku.parse("mug"), "test");
  go();
  expect(await until(job?.id ?? "", "refused")).toMatchObject({ failure: { code: "NOT_FOUND" } });
});

test("a page sees everything of a batch as it happens", async () => {
  const batch = "6f2c9f4e-3b5a-4c37-9d0e-0000000000bb";
  const heard: { type: string; counts: Record<string, number>; enrolments: Shown[] }[] = [];
  const socket = new WebSocket(
    `${cloud.url.replace("http", "ws")}/api/enrolments/live?batch=${batch}`,
    bearer(),
  );
  socket.on("message", (data) => heard.push(JSON.parse(String(data))));
  await expect.poll(() => heard.length).toBe(1);
  expect(heard[0]).toMatchObject({ type: "snapshot", enrolments: [] });
  await call(
    "POST",
    `/api/products/mug/photos?batch=${batch}`,
    form(await testPhoto(120), await testPhoto(130)),
  );
  await expect.poll(() => heard.at(-1)?.counts.enrolled, { timeout: 10_000 }).toBe(2);
  const last = new Map(heard.flatMap(({ enrolments }) => enrolments).map((job) => [job.id, job.state]));
  expect([...last.values()]).toEqual(["enrolled", "enrolled"]);
  socket.close();
});

test("a page of another origin is turned away", async () => {
  const socket = new WebSocket(`${cloud.url.replace("http", "ws")}/api/enrolments/live`, {
    origin: "https://elsewhere.example",
    ...bearer(),
  });
  const error = await new Promise<Error>((resolve) => socket.once("error", resolve));
  expect(error.message).toContain("403");
});

test("a page that looks on is told to leave once its token is revoked", async () => {
  const made = await call("POST", "/api/tokens", { name: "page", role: "viewer" });
  const { id, token } = made.body as unknown as { id: string; token: string };
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  try {
    const socket = new WebSocket(`${cloud.url.replace("http", "ws")}/api/enrolments/live`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const pinged = new Promise((resolve) => socket.once("ping", resolve));
    await new Promise((resolve) => socket.once("open", resolve));
    await vi.advanceTimersByTimeAsync(20_000);
    await pinged;
    await call("DELETE", `/api/tokens/${id}`);
    const closed = new Promise<number>((resolve) => socket.once("close", resolve));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await closed).toBe(4401);
  } finally {
    vi.useRealTimers();
  }
});
