import { z } from "zod";
import { CatalogChange } from "./catalog.js";
import { Lsn, NodeName } from "./ids.js";

/** Retained: tells a lane how far the catalog is and what is still to be had. */
export const CatalogHead = z.strictObject({
  lsn: Lsn,
  /** The oldest change that a range request can still get; below it a lane starts again from LSN 0. */
  oldestLsn: Lsn,
  embedderId: z.string(),
});
export type CatalogHead = z.infer<typeof CatalogHead>;

/** Changes with `fromLsn < lsn <= toLsn`, in order, applied in one transaction with the cursor. */
export const CatalogDelta = z.strictObject({ fromLsn: Lsn, toLsn: Lsn, changes: z.array(CatalogChange) });
export type CatalogDelta = z.infer<typeof CatalogDelta>;

/** A lane that misses changes asks for what follows its cursor; answers come on its own topic. */
export const CatalogRangeRequest = z.strictObject({ terminal: NodeName, afterLsn: Lsn });
export type CatalogRangeRequest = z.infer<typeof CatalogRangeRequest>;

/** Retained; the broker publishes `offline` as the lane's will. */
export const Presence = z.strictObject({
  state: z.enum(["online", "offline"]),
  session: z.int().min(0),
  lsn: Lsn,
});
export type Presence = z.infer<typeof Presence>;

/** Topic, payload schema, retain and QoS of everything that crosses the broker. */
export const topics = {
  catalogHead: {
    topic: (store: NodeName) => `tillsight/${store}/catalog/head`,
    payload: CatalogHead,
    retain: true,
    qos: 1,
  },
  catalogDelta: {
    topic: (store: NodeName) => `tillsight/${store}/catalog/delta`,
    payload: CatalogDelta,
    retain: false,
    qos: 1,
  },
  catalogRequest: {
    topic: (store: NodeName) => `tillsight/${store}/catalog/request`,
    payload: CatalogRangeRequest,
    retain: false,
    qos: 1,
  },
  catalogRange: {
    topic: (store: NodeName, terminal: NodeName) => `tillsight/${store}/lane/${terminal}/catalog`,
    payload: CatalogDelta,
    retain: false,
    qos: 1,
  },
  presence: {
    topic: (store: NodeName, terminal: NodeName) => `tillsight/${store}/lane/${terminal}/presence`,
    payload: Presence,
    retain: true,
    qos: 1,
  },
} as const;
