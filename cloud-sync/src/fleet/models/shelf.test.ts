import type { NodeName } from "@tillsight/contracts";
import { readModel } from "@tillsight/models";
import { decodeFrame, generateSigningKey, openChunk, readMessage, Trust } from "@tillsight/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../storage/database.js";
import { FolderObjectStore } from "../../storage/objects/folder-store.js";
import { onEachEngine } from "../../storage/testing/each-engine.js";
import { temporaryFolder } from "../../test-helpers.js";
import { ModelShelf } from "./shelf.js";
import { printNetwork } from "./test-helpers.js";

const north = "north" as NodeName;
const now = new Date("2026-05-01T08:00:00Z");
const key = generateSigningKey();
const trust = new Trust([key.publicKey]);
const embedder = JSON.stringify((await readModel("embedder")).manifest);

onEachEngine((place) => {
  let db: Database;
  let folder: ReturnType<typeof temporaryFolder>;
  let shelf: ModelShelf;
  const network = printNetwork("print-2");
  const add = (manifest = network.manifest, weights: Uint8Array = network.weights) =>
    shelf.add(manifest, weights, "anna", now);

  beforeAll(async () => {
    db = await place().open();
    folder = temporaryFolder();
    shelf = new ModelShelf(db, new FolderObjectStore(folder.dir));
  }, 120_000);
  afterAll(async () => {
    await db.close();
    folder.clean();
  });

  test("a network is kept with its licence and told to lanes, signed, in chunks that make its weights", async () => {
    const record = await add();
    expect(record).toMatchObject({
      ...{ id: network.id, kind: "print", licence: "Apache-2.0", bytes: network.weights.length },
      ...{ actor: "anna", addedAt: now.toISOString() },
    });
    // Once more is the same one.
    expect(await add()).toEqual(record);
    expect(await shelf.list()).toEqual([record]);
    const [bytes] = await shelf.answer(north, { want: "model", id: network.id }, key);
    const message = readMessage(bytes as Uint8Array, north, trust);
    if (message.kind !== "model") throw new TypeError("it is no model");
    expect(message.offer.manifest).toBe(network.manifest);
    const names = message.offer.chunks.map(([hash]) => Buffer.from(hash).toString("hex"));
    const chunks = await shelf.answer(north, { want: "modelChunks", id: network.id, chunks: names }, key);
    const weights = Buffer.concat(chunks.map((chunk) => openChunk(decodeFrame(chunk)).bytes));
    expect(weights.equals(network.weights)).toBe(true);
  });

  test("nothing is answered about what is not there, and no other object by its hash", async () => {
    const id = "print-9@00000000000";
    expect(await shelf.answer(north, { want: "model", id }, key)).toEqual([]);
    const chunks = ["0".repeat(64)];
    expect(await shelf.answer(north, { want: "modelChunks", id: network.id, chunks }, key)).toEqual([]);
  });

  const wrong: [situation: string, manifest: string, weights: Uint8Array, code: string, says: string][] = [
    ["other weights", network.manifest, network.weights.subarray(1), "MODEL_REFUSED", "SHA-256"],
    ["an embedder", embedder, network.weights, "MODEL_REFUSED", "embedder"],
    [
      "a manifest without a licence",
      '{"kind":"print"}',
      network.weights,
      "MODEL_MANIFEST_INVALID",
      "licence",
    ],
    ["no manifest", "what?", network.weights, "MODEL_MANIFEST_INVALID", "JSON"],
  ];
  test.each(wrong)("%s is refused", async (_, manifest, weights, code, says) => {
    await expect(add(manifest, weights)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(says),
    });
  });
});
