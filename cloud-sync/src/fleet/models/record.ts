import { NetworkId } from "@tillsight/contracts";
import { z } from "zod";

/** Networks that headquarters brings to lanes, by role. An embedder is not among them: see the docs. */
export const Delivered = z.enum(["detector", "print"]);
export type Delivered = z.infer<typeof Delivered>;

/** A network as people choose it. */
export const ModelRecord = z.strictObject({
  ...{ id: NetworkId, kind: Delivered, version: z.string(), licence: z.string(), source: z.string() },
  ...{ bytes: z.int(), sha256: z.string(), metrics: z.record(z.string(), z.number()) },
  ...{ actor: z.string(), addedAt: z.iso.datetime() },
});
export type ModelRecord = z.infer<typeof ModelRecord>;
