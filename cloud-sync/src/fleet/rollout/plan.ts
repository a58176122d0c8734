import { Lsn } from "@tillsight/contracts";
import { z } from "zod";

/** What terminals are brought to: no catalog change beyond an LSN, or a network. */
export const RolloutTarget = z.discriminatedUnion("kind", [
  z.strictObject({
    ...{ kind: z.literal("catalog"), lsn: Lsn.min(1) },
    undoToLsn: Lsn.optional().meta({
      description: "Taking it back undoes the changes after this LSN in the catalog, too",
    }),
  }),
  z.strictObject({
    ...{ kind: z.literal("model"), id: z.string().min(1).max(80) },
    /** Headquarters knows it of what it brings; an embedder lies on the lane already. */
    role: z.enum(["detector", "print", "embedder"]).default("embedder"),
  }),
]);
export type RolloutTarget = z.infer<typeof RolloutTarget>;

const TerminalName = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, "STORE/TERMINAL");

/** Terminals that are brought to the target together, and what must hold before the next ones follow. */
export const RolloutStage = z.strictObject({
  name: z.string().min(1).max(60),
  terminals: z.array(TerminalName).min(1).max(10_000),
  /** So many of them must be at the target and well, per cent of the stage. */
  successPercent: z.number().min(1).max(100).default(95),
  /** More than so many that fail, per cent of all begun so far, stop the rollout. */
  errorPercent: z.number().min(0).max(100).default(5),
  /** For so long success must last. */
  soakSeconds: z.number().min(0).max(604_800).default(300),
  /** A stage that takes longer pauses the rollout. */
  timeoutSeconds: z.number().min(1).max(2_592_000).default(86_400),
});
export type RolloutStage = z.infer<typeof RolloutStage>;

export const RolloutPlan = z.strictObject({
  name: z.string().min(1).max(120),
  target: RolloutTarget,
  stages: z.array(RolloutStage).min(1).max(20),
  /** What too many errors lead to. */
  onError: z.enum(["pause", "rollBack"]),
  /** Where each terminal was before: an LSN, a network's id, or null for "whatever comes". */
  previous: z.record(TerminalName, z.union([z.number(), z.string(), z.null()])),
});
export type RolloutPlan = z.infer<typeof RolloutPlan>;

export const RolloutState = z.strictObject({
  status: z.enum(["draft", "running", "paused", "rollingBack", "rolledBack", "done"]),
  /** Index of the newest stage that was begun; -1: none. */
  stage: z.int().min(-1),
  /** Milliseconds since 1970. */
  stageBeganAt: z.int(),
  /** Since when the stage has had its success; null while it has not. */
  wellSince: z.int().nullable(),
  /** Why it stands where it stands, for people. */
  why: z.string(),
  /** The catalog's LSN once the rollout's changes were undone in it; null: they were not. */
  undoneLsn: z.int().nullable().default(null),
});
export type RolloutState = z.infer<typeof RolloutState>;

/** How one terminal fares with the target. */
export type TerminalReport = "pending" | "succeeded" | "failed";
