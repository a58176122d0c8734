import { z } from "zod";
import { fleetTopics, laneHears, laneSpeaks } from "./fleet.js";
import { Lsn, type NodeName } from "./ids.js";
import { NetworkId } from "./network-id.js";

/** Not `z.instanceof`: its type would shut out Node's Buffer. */
const Bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array, "bytes");

const bytes = (length: number) => Bytes.refine((b) => b.length === length, `${length} bytes`);

/** SHA-256, 32 bytes. */
export const Digest = bytes(32);

/** Number of the catalog's history. It grows when headquarters was restored: LSNs of two histories never mix. */
export const Epoch = z.int().min(1);

/** Milliseconds since 1970. */
const Instant = z.int().min(0);

/**
 * Retained and signed: how far the store's catalog is, and what is to be had.
 * `sequence` grows with every head, so that an old one is known when it is played again.
 */
export const CatalogHead = z.strictObject({
  epoch: Epoch,
  lsn: Lsn,
  /** The least `afterLsn` of a range that is still served; a lane below it takes a snapshot. */
  oldestLsn: Lsn,
  /** Sum of the row digests at `lsn`. */
  stateHash: Digest,
  /** Rows at `lsn`: beyond as many changes a snapshot is the shorter way. */
  rows: z.int().min(0),
  /** Id of the newest snapshot (see `SnapshotManifest`), null while none was asked for. */
  snapshot: bytes(16).nullable(),
  embedderId: z.string().min(1).max(64),
  sequence: z.int().min(1),
  issuedAt: Instant,
});
export type CatalogHead = z.infer<typeof CatalogHead>;

/**
 * Signed: what brings a store's catalog from one LSN to the next boundary, applied as a whole or not at all.
 * A delta is cut once and never again: `fromLsn` is always the `toLsn` of the one before.
 */
export const CatalogDelta = z.strictObject({
  epoch: Epoch,
  fromLsn: Lsn,
  toLsn: Lsn,
  /** State hash before and after. */
  preHash: Digest,
  postHash: Digest,
  embedderId: z.string().min(1).max(64),
  /** When it was cut. */
  cutAt: Instant,
  /** A byte string is a row to be written, canonically encoded; a text is the key of a row to be removed. */
  rows: z.array(z.union([Bytes, z.string().min(3).max(80)])),
});
export type CatalogDelta = z.infer<typeof CatalogDelta>;

/**
 * Signed: a store's whole catalog at one LSN, as chunks that are fetched by their hash, in any order, over any
 * number of connections. Its id is the first 16 bytes of the SHA-256 of its own bytes.
 */
export const SnapshotManifest = z.strictObject({
  epoch: Epoch,
  lsn: Lsn,
  stateHash: Digest,
  embedderId: z.string().min(1).max(64),
  rows: z.int().min(0),
  chunks: z.array(z.tuple([Digest, z.int().min(1)])),
  cutAt: Instant,
});
export type SnapshotManifest = z.infer<typeof SnapshotManifest>;

/** Longest text of a model's manifest, in bytes. */
export const maxModelManifestBytes = 64 * 1024;

/** Signed: a model that a lane asked for, as chunks that are fetched by their hash like those of a snapshot. */
export const ModelOffer = z.strictObject({
  id: NetworkId,
  /** The manifest's JSON, as it was given: it names the weights' own SHA-256. */
  manifest: z.string().min(2).max(maxModelManifestBytes),
  /** The weights, in order. */
  chunks: z.array(z.tuple([Digest, z.int().min(1)])).min(1),
});
export type ModelOffer = z.infer<typeof ModelOffer>;

/** Signed by a key that lanes trust: trust this one too, and the revoked ones no more. */
export const KeyEndorsement = z.strictObject({
  /** Raw Ed25519 public key. */
  publicKey: bytes(32),
  /** Key ids. */
  revokes: z.array(bytes(8)).max(64),
  issuedAt: Instant,
});
export type KeyEndorsement = z.infer<typeof KeyEndorsement>;

/** Most deltas that one request may ask for. */
export const maxDeltasAsked = 32;

/** Most chunks that one request may name. */
export const maxChunksAsked = 16;

const ChunkNames = z
  .array(z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 in hexadecimal"))
  .min(1)
  .max(maxChunksAsked);

/** What a lane asks of headquarters; answers come on its own topics. JSON. */
export const CatalogRequest = z.discriminatedUnion("want", [
  /** At most `count` deltas after `afterLsn`, in order. */
  z.strictObject({
    want: z.literal("range"),
    epoch: Epoch,
    afterLsn: Lsn,
    count: z.int().min(1).max(maxDeltasAsked),
  }),
  z.strictObject({ want: z.literal("manifest") }),
  z.strictObject({ want: z.literal("chunks"), chunks: ChunkNames }),
  z.strictObject({ want: z.literal("model"), id: NetworkId }),
  z.strictObject({ want: z.literal("modelChunks"), id: NetworkId, chunks: ChunkNames }),
]);
export type CatalogRequest = z.infer<typeof CatalogRequest>;

/** Why a lane did not apply what it received. */
export const RefusalReason = z.enum([
  "truncated",
  "damaged",
  "malformed",
  "unknownKey",
  "revokedKey",
  "badSignature",
  "wrongEmbedder",
  "wrongEpoch",
  "replayed",
  "gap",
  "overlap",
  "preHash",
  "postHash",
  "notAsked",
  "unreadableRow",
  "notStored",
]);
export type RefusalReason = z.infer<typeof RefusalReason>;

/** Retained, JSON; the broker publishes `offline` as the lane's will. */
export const Presence = z.strictObject({
  state: z.enum(["online", "offline"]),
  session: z.int().min(0),
  lsn: Lsn,
});
export type Presence = z.infer<typeof Presence>;

const lane = (store: NodeName, terminal: NodeName) => `tillsight/${store}/lane/${terminal}`;

/**
 * Topic, payload schema, retain and QoS of everything that crosses the broker. `form` says how the payload is
 * written: `signed` and `chunk` are the binary frames of docs/protocols/catalog-sync.md.
 */
export const topics = {
  catalogHead: {
    topic: (store: NodeName) => `tillsight/${store}/catalog/head`,
    payload: CatalogHead,
    ...{ form: "signed", retain: true, qos: 1 },
  },
  catalogDelta: {
    topic: (store: NodeName) => `tillsight/${store}/catalog/delta`,
    payload: CatalogDelta,
    ...{ form: "signed", retain: false, qos: 1 },
  },
  /** Endorsements one after the other, the oldest first. */
  catalogKeys: {
    topic: (store: NodeName) => `tillsight/${store}/catalog/keys`,
    payload: KeyEndorsement,
    ...{ form: "signed", retain: true, qos: 1 },
  },
  catalogRequest: {
    topic: (store: NodeName, terminal: NodeName) => `${lane(store, terminal)}/request`,
    payload: CatalogRequest,
    ...{ form: "json", retain: false, qos: 1 },
  },
  /** Deltas, manifests and chunks that one lane asked for. */
  catalogAnswer: {
    topic: (store: NodeName, terminal: NodeName) => `${lane(store, terminal)}/catalog`,
    payload: z.union([CatalogDelta, SnapshotManifest]),
    ...{ form: "signed or chunk", retain: false, qos: 1 },
  },
  /** Models that one lane asked for, and their chunks. */
  modelAnswer: {
    topic: (store: NodeName, terminal: NodeName) => `${lane(store, terminal)}/model`,
    payload: ModelOffer,
    ...{ form: "signed or chunk", retain: false, qos: 1 },
  },
  presence: {
    topic: (store: NodeName, terminal: NodeName) => `${lane(store, terminal)}/presence`,
    payload: Presence,
    ...{ form: "json", retain: true, qos: 1 },
  },
} as const;

/** What a broker lets one client do. Filters may hold MQTT wildcards. */
export interface TopicRights {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** A terminal speaks for itself alone and hears its own store. */
export function terminalRights(store: NodeName, terminal: NodeName): TopicRights {
  return {
    publish: [
      topics.catalogRequest.topic(store, terminal),
      topics.presence.topic(store, terminal),
      ...laneSpeaks.map((name) => fleetTopics[name].topic(store, terminal)),
    ],
    subscribe: [
      topics.catalogHead.topic(store),
      topics.catalogDelta.topic(store),
      topics.catalogKeys.topic(store),
      topics.catalogAnswer.topic(store, terminal),
      topics.modelAnswer.topic(store, terminal),
      ...laneHears.map((name) => fleetTopics[name].topic(store, terminal)),
    ],
  };
}

/** Headquarters hears every lane, and alone may speak for the catalog. */
export const headquartersRights: TopicRights = {
  publish: [
    "tillsight/+/catalog/+",
    "tillsight/+/lane/+/catalog",
    "tillsight/+/lane/+/model",
    ...laneHears.map((name) => fleetTopics[name].topic("+", "+")),
  ],
  subscribe: [
    "tillsight/+/lane/+/request",
    "tillsight/+/lane/+/presence",
    ...laneSpeaks.map((name) => fleetTopics[name].topic("+", "+")),
  ],
};
