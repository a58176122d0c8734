import { z } from "zod";
import { BasketStatus } from "./basket.js";
import { PartHealth } from "./health.js";
import { Lsn, type NodeName } from "./ids.js";
import { NetworkId } from "./network-id.js";
import { UpBatch, UpReceipt, UpStream } from "./upward.js";

/** Milliseconds since 1970 by the lane's clock: for people, never to judge whether a lane lives. */
const Instant = z.int().min(0).max(253_402_300_799_999);

/** Of one connection of a lane; higher than any before, unless the lane's disk was wiped. */
const Session = z.int().min(1);

/** What headquarters may set on a lane. Nothing here can cut a lane off from headquarters or from its till. */
export const RemoteSettings = z.strictObject({
  storeName: z.string().min(1).max(80).optional(),
  recognition: z
    .strictObject({
      settleMs: z.int().min(50).max(5_000).optional(),
      goneMs: z.int().min(100).max(60_000).optional(),
      barcodes: z.boolean().optional(),
    })
    .optional(),
  /** The lane applies no change of the catalog beyond it. At once. */
  catalogLsn: Lsn.optional(),
  /** Networks that headquarters brings, by role; left out: those that the lane came with. It restarts when nobody shops. */
  models: z.strictObject({ detector: NetworkId.optional(), print: NetworkId.optional() }).optional(),
  /** The embedder that the lane is to run; one that runs another says so. */
  model: z.string().min(1).max(80).optional(),
});
export type RemoteSettings = z.infer<typeof RemoteSettings>;

/** How far a lane is with a desired document. */
export const ReportedConfig = z.strictObject({
  /** 0: none was ever desired. */
  version: z.int().min(0),
  state: z.enum(["applied", "afterRestart", "refused"]),
  detail: z.string().max(500),
});
export type ReportedConfig = z.infer<typeof ReportedConfig>;

/** First message of a session: all that seldom changes. */
export const Birth = z.strictObject({
  session: Session,
  at: Instant,
  /** A heartbeat comes at least this often. */
  beatSeconds: z.int().min(1).max(3600),
  version: z.string().max(40),
  startedAt: Instant,
  /** Networks by role (`detector`, `embedder`, `print`): id and the execution provider that really runs it. */
  models: z.record(
    z.string().max(20),
    z.strictObject({ id: z.string().max(80), provider: z.string().max(40) }),
  ),
  config: ReportedConfig,
});
export type Birth = z.infer<typeof Birth>;

/** Sign of life with all that often changes. */
export const Beat = z.strictObject({
  session: Session,
  /** 1, 2, 3 … in a session: a gap makes headquarters ask for another birth. */
  sequence: z.int().min(1),
  at: Instant,
  lsn: Lsn,
  health: PartHealth.shape.state,
  /** Parts that are not `ok`, with what is wrong. */
  troubles: z.record(z.string().max(60), z.string().max(300)),
  basket: BasketStatus,
  helpWanted: z.boolean(),
  serviceMode: z.boolean(),
  /** Records that wait for headquarters, by stream. */
  backlog: z.partialRecord(UpStream, z.int().min(0)),
});
export type Beat = z.infer<typeof Beat>;

/** The broker says it for the lane, or the lane itself when it ends in order. */
export const Death = z.strictObject({ session: Session });
export type Death = z.infer<typeof Death>;

/** What a lane can be told to do. */
export const FleetCommand = z.discriminatedUnion("do", [
  /** The daemon ends in order, and systemd starts it again. */
  z.strictObject({ do: z.literal("restart") }),
  /** The tray's picture of this moment comes with the answer. */
  z.strictObject({ do: z.literal("picture") }),
  /** `on`: finishes no sale by itself, but takes nothing new until it is switched off; outlives a restart. */
  z.strictObject({ do: z.literal("service"), on: z.boolean() }),
]);
export type FleetCommand = z.infer<typeof FleetCommand>;

/** From headquarters to one lane. */
export const Order = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("rebirth") }),
  /** `leftMs`: what is left of its deadline, because the lane's clock may be wrong. */
  z.strictObject({
    ...{ kind: z.literal("command"), id: z.uuid(), leftMs: z.int().min(1) },
    command: FleetCommand,
  }),
  z.strictObject({
    ...{ kind: z.literal("settings"), version: z.int().min(1) },
    settings: z.record(z.string(), z.unknown()),
  }),
]);
export type Order = z.infer<typeof Order>;

/** From one lane: what became of an order. */
export const OrderAnswer = z.discriminatedUnion("kind", [
  z.strictObject({
    ...{ kind: z.literal("command"), id: z.uuid(), detail: z.string().max(500) },
    state: z.enum(["done", "failed", "expired"]),
    /** Base64, where the command was to take a picture. */
    jpeg: z.string().max(4_000_000).optional(),
  }),
  z.strictObject({ kind: z.literal("settings"), reported: ReportedConfig }),
]);
export type OrderAnswer = z.infer<typeof OrderAnswer>;

const lane = (store: NodeName, terminal: NodeName) => `tillsight/${store}/lane/${terminal}`;
const live = { form: "json", retain: false, qos: 1 } as const;

/** The fleet's part of the topics' map: JSON, QoS 1, nothing retained (headquarters asks for what it missed). */
export const fleetTopics = {
  birth: { topic: (s: NodeName, t: NodeName) => `${lane(s, t)}/birth`, payload: Birth, ...live },
  beat: { topic: (s: NodeName, t: NodeName) => `${lane(s, t)}/beat`, payload: Beat, ...live },
  death: { topic: (s: NodeName, t: NodeName) => `${lane(s, t)}/death`, payload: Death, ...live },
  answer: { topic: (s: NodeName, t: NodeName) => `${lane(s, t)}/answer`, payload: OrderAnswer, ...live },
  up: { topic: (s: NodeName, t: NodeName) => `${lane(s, t)}/up`, payload: UpBatch, ...live },
  order: { topic: (s: NodeName, t: NodeName) => `${lane(s, t)}/order`, payload: Order, ...live },
  receipt: { topic: (s: NodeName, t: NodeName) => `${lane(s, t)}/receipt`, payload: UpReceipt, ...live },
} as const;

/** What lanes say, and what they are told. */
export const laneSpeaks = ["birth", "beat", "death", "answer", "up"] as const;
export const laneHears = ["order", "receipt"] as const;
export type LaneSpeaks = (typeof laneSpeaks)[number];
export type LaneHears = (typeof laneHears)[number];

/** A terminal's user at the broker; a name has no dot, so this names one terminal only. */
export const terminalUser = (store: NodeName, terminal: NodeName): string => `${store}.${terminal}`;

/** What a terminal gets for its one-time code. */
export const Registration = z.strictObject({
  store: z.string(),
  terminal: z.string(),
  username: z.string(),
  password: z.string(),
  /** As lanes reach it; null when headquarters does not know its public address. */
  brokerUrl: z.string().nullable(),
  trustedKeys: z.array(z.string()),
});
export type Registration = z.infer<typeof Registration>;
