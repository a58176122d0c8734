import { createHash } from "node:crypto";
import { type CatalogRequest, maxModelManifestBytes, type NodeName } from "@tillsight/contracts";
import { InvalidManifestError, networkId, parseManifest } from "@tillsight/models";
import { type Chunk, encodeChunk, maxChunkBytes, type SigningKey, sealModel } from "@tillsight/sync-protocol";
import { NotFoundError } from "../../errors.js";
import type { Database } from "../../storage/database.js";
import type { ObjectStore } from "../../storage/objects/object-store.js";
import { ModelRefusedError } from "../errors.js";
import { Delivered, type ModelRecord } from "./record.js";

/** Weights that lanes are brought, in bytes: what the networks of a lane take, many times over. */
export const maxWeightsBytes = 64 * 2 ** 20;

interface Row {
  readonly id: string;
  readonly kind: string;
  readonly manifest: string;
  readonly chunks: [sha256: string, bytes: number][];
  readonly actor: string;
  readonly added_at: Date;
}

type ModelRequest = Extract<CatalogRequest, { want: "model" | "modelChunks" }>;

/** Networks that headquarters can bring to lanes: what they are in the database, the weights in the object store. */
export class ModelShelf {
  readonly #db: Database;
  readonly #objects: ObjectStore;

  constructor(db: Database, objects: ObjectStore) {
    this.#db = db;
    this.#objects = objects;
  }

  /**
   * Takes a network, once its weights are what its manifest says. The same one again is the one that is there.
   * @throws InvalidManifestError, ModelRefusedError
   */
  async add(manifestText: string, weights: Uint8Array, actor: string, now: Date): Promise<ModelRecord> {
    const { id, kind } = check(manifestText, weights);
    const chunks: [string, number][] = [];
    for (let at = 0; at < weights.length; at += maxChunkBytes) {
      const bytes = weights.subarray(at, at + maxChunkBytes);
      const sha256 = createHash("sha256").update(bytes).digest("hex");
      const object = objectOf(sha256);
      // Before the row: what is told to lanes is there to be had.
      if (!(await this.#objects.has(object)))
        await this.#objects.put(object, { bytes, type: "application/octet-stream" });
      chunks.push([sha256, bytes.length]);
    }
    await this.#db.query(
      `insert into model (id, kind, manifest, chunks, actor, added_at) values ($1, $2, $3, $4::jsonb, $5, $6)
       on conflict (id) do nothing`,
      [id, kind, manifestText, JSON.stringify(chunks), actor, now.toISOString()],
    );
    return this.require(id);
  }

  /** The newest first. */
  async list(): Promise<ModelRecord[]> {
    const { rows } = await this.#db.query<Row>("select * from model order by added_at desc, id");
    return rows.map(recordOf);
  }

  async find(id: string): Promise<ModelRecord | undefined> {
    const row = await this.#row(id);
    return row && recordOf(row);
  }

  /** @throws NotFoundError */
  async require(id: string): Promise<ModelRecord> {
    const found = await this.find(id);
    if (found) return found;
    throw new NotFoundError(`there is no network ${id}`, "GET /api/models lists those that can be brought.");
  }

  /** Messages that answer a lane; none for what is not there. */
  async answer(store: NodeName, request: ModelRequest, key: SigningKey): Promise<readonly Uint8Array[]> {
    const row = await this.#row(request.id);
    if (!row) return [];
    if (request.want === "model") {
      const chunks = row.chunks.map(([sha256, bytes]): [Buffer, number] => [
        Buffer.from(sha256, "hex"),
        bytes,
      ]);
      return [sealModel(store, { id: row.id, manifest: row.manifest, chunks }, key)];
    }
    // Nothing else of the object store may be asked for by its hash.
    const own = new Set(row.chunks.map(([sha256]) => sha256));
    const asked = request.chunks.filter((sha256) => own.has(sha256));
    return Promise.all(asked.map(async (sha256) => encodeChunk(await this.#chunk(sha256))));
  }

  async #chunk(sha256: string): Promise<Chunk> {
    return { sha256: Buffer.from(sha256, "hex"), bytes: await this.#objects.get(objectOf(sha256)) };
  }

  async #row(id: string): Promise<Row | undefined> {
    const { rows } = await this.#db.query<Row>("select * from model where id = $1", [id]);
    return rows[0];
  }
}

const objectOf = (sha256: string): string => `model/${sha256}`;

function recordOf({ id, manifest, actor, added_at }: Row): ModelRecord {
  const { kind, version, licence, source, bytes, sha256, metrics } = parseManifest(manifest, id);
  return {
    ...{ id, kind: Delivered.parse(kind), version, licence, source, bytes, sha256, metrics, actor },
    addedAt: added_at.toISOString(),
  };
}

function check(text: string, weights: Uint8Array): { readonly id: string; readonly kind: Delivered } {
  if (Buffer.byteLength(text) > maxModelManifestBytes)
    throw new InvalidManifestError("that was sent", `it is longer than ${maxModelManifestBytes} bytes`);
  const manifest = parseManifest(text, "that was sent");
  if (manifest.kind === "embedder")
    throw new ModelRefusedError(
      `${manifest.id} is an embedder, and the catalog's references are made with another`,
      "An embedder comes first to headquarters, then to lanes: see docs/headquarters.md, Another embedder.",
    );
  const sha256 = createHash("sha256").update(weights).digest("hex");
  if (weights.length !== manifest.bytes || sha256 !== manifest.sha256)
    throw new ModelRefusedError(
      `the weights have ${weights.length} bytes and the SHA-256 ${sha256}, the manifest names ${manifest.bytes} and ${manifest.sha256}`,
      "Send the file that the manifest was made for.",
    );
  return { id: networkId(manifest), kind: manifest.kind };
}
