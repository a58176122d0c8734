import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogRequest, NodeName } from "@tillsight/contracts";
import { readModel } from "@tillsight/models";
import {
  decodeFrame,
  encodeChunk,
  encodeFrame,
  generateSigningKey,
  type SigningKey,
  sealModel,
  sha256,
  Trust,
} from "@tillsight/sync-protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "../ports/clock.js";
import { ModelFetch } from "./model-fetch.js";
import { printNetwork } from "./test-helpers.js";

const store = "north" as NodeName;
const key = generateSigningKey();
const network = printNetwork("print-2");
let dir: string;
let now: number;
const clock: Clock = { now: () => new Date(now), monotonic: () => now };
let asked: CatalogRequest[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-models-"));
  now = 1_000_000;
  asked = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A lane's end; a new one on the same folder is the lane after a restart. */
function lane(): ModelFetch {
  const send = (request: CatalogRequest) => asked.push(request) > 0;
  const fetch = new ModelFetch({ dir, store, trust: new Trust([key.publicKey]), send, clock });
  fetch.want(network.id);
  fetch.step();
  return fetch;
}
async function receive(fetch: ModelFetch, ...messages: Uint8Array[]): Promise<void> {
  for (const message of messages) fetch.receive(message);
  await fetch.settled();
}
const offer = (by: SigningKey = key, to = store) => sealModel(to, network.offer, by);
const chunk = (name: string) =>
  encodeChunk(network.chunks.find((c) => c.sha256.toString("hex") === name) as never);
const lastChunks = () => {
  const last = asked.at(-1);
  return last?.want === "modelChunks" ? last.chunks : [];
};
const whole = () => readModel("print", join(dir, network.id));

test("a network comes in chunks, is checked, and lies there whole under its id", async () => {
  const fetch = lane();
  expect(asked).toEqual([{ want: "model", id: network.id }]);
  await receive(fetch, offer());
  expect(lastChunks()).toHaveLength(network.chunks.length);
  expect(existsSync(join(dir, network.id))).toBe(false);
  await receive(fetch, ...lastChunks().map(chunk));
  await fetch.settled();
  expect(Buffer.from((await whole()).bytes).equals(network.weights)).toBe(true);
  expect(readdirSync(join(dir, "incoming"))).toEqual([]);
  expect(fetch.refusals).toEqual({});
});

test("a download that was cut goes on with what is missing, also after a restart", async () => {
  const before = lane();
  await receive(before, offer());
  const all = lastChunks();
  await receive(before, ...all.slice(0, 2).map(chunk));
  expect(before.progress).toEqual({ here: 2, of: all.length });
  // The connection breaks: what was asked for on it will not come.
  before.connected();
  before.step();
  expect([...lastChunks()].sort()).toEqual([...all.slice(2)].sort());

  const after = lane();
  await receive(after, offer());
  expect([...lastChunks()].sort()).toEqual([...all.slice(2)].sort());
  await receive(after, ...lastChunks().map(chunk));
  await after.settled();
  expect((await whole()).manifest.id).toBe("print-2");
});

test("a chunk that does not come is asked for again after a while", async () => {
  const fetch = lane();
  await receive(fetch, offer());
  await receive(fetch, chunk(lastChunks()[0] as string));
  const before = asked.length;
  fetch.step();
  expect(asked).toHaveLength(before);
  now += 10_000;
  fetch.step();
  expect(lastChunks()).toHaveLength(network.chunks.length - 1);
});

test("a damaged chunk is refused, counted and fetched again", async () => {
  const fetch = lane();
  await receive(fetch, offer());
  const [first, ...rest] = lastChunks();
  const bytes = chunk(first as string);
  const flipped = Buffer.from(bytes);
  flipped[500] = (flipped[500] as number) ^ 1;
  // Also under a new CRC: the chunk's own hash does not fit then.
  const lying = encodeChunk({ sha256: Buffer.from(first as string, "hex"), bytes: Buffer.from("not these") });
  await receive(fetch, flipped, lying, bytes.subarray(0, 1000), ...rest.map(chunk));
  expect(fetch.refusals).toEqual({ damaged: 1, malformed: 1, truncated: 1 });
  expect(existsSync(join(dir, network.id))).toBe(false);
  now += 10_000;
  fetch.step();
  expect(lastChunks()).toEqual([first]);
  await receive(fetch, bytes);
  await fetch.settled();
  expect((await whole()).manifest.id).toBe("print-2");
});

test("a chunk that the disk tore is found before it is used, and fetched again", async () => {
  const before = lane();
  await receive(before, offer());
  const [first, ...rest] = lastChunks();
  await receive(before, chunk(first as string));
  writeFileSync(join(dir, "incoming", first as string), "torn");
  await receive(before, ...rest.map(chunk));
  await before.settled();
  expect(existsSync(join(dir, network.id))).toBe(false);
  await receive(before, offer());
  expect(lastChunks()).toEqual([first]);
  await receive(before, chunk(first as string));
  await before.settled();
  expect((await whole()).manifest.id).toBe("print-2");
});

const other = printNetwork("print-3");
const wrong: [situation: string, message: () => Uint8Array, reason: string][] = [
  ["signed by a key that nobody trusts", () => offer(generateSigningKey()), "unknownKey"],
  ["signed for another store", () => offer(key, "south" as NodeName), "badSignature"],
  [
    "with another signature",
    () => {
      // The signature of one message before the body of another.
      const [own, its] = [
        decodeFrame(offer()).payload,
        decodeFrame(sealModel(store, other.offer, key)).payload,
      ];
      return encodeFrame("model", its.subarray(0, 72), own.subarray(72));
    },
    "badSignature",
  ],
  ["of a network that was not asked for", () => sealModel(store, other.offer, key), "notAsked"],
  [
    "whose manifest is another network's",
    () => sealModel(store, { ...network.offer, manifest: other.offer.manifest }, key),
    "malformed",
  ],
  [
    "whose chunks are not all",
    () => sealModel(store, { ...network.offer, chunks: network.offer.chunks.slice(1) }, key),
    "malformed",
  ],
];
test.each(wrong)("an offer %s is refused, and nothing is fetched", async (_, message, reason) => {
  const fetch = lane();
  await receive(fetch, message());
  expect(fetch.refusals).toEqual({ [reason]: 1 });
  expect([fetch.progress, asked]).toEqual([null, [{ want: "model", id: network.id }]]);
});

test("chunks that nobody asked for are refused", async () => {
  const fetch = lane();
  await receive(fetch, encodeChunk(network.chunks[0] as never));
  await receive(fetch, offer());
  await receive(fetch, encodeChunk({ sha256: sha256(Buffer.from("x")), bytes: Buffer.from("x") }));
  expect(fetch.refusals).toEqual({ notAsked: 2 });
});
