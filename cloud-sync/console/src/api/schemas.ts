import { Failure, Job, Override, RolloutPlan, RolloutState, Verdict } from "@tillsight/cloud-sync/api";
import { Beat, Birth, Product, ReportedConfig } from "@tillsight/contracts";
import { z } from "zod";

/** What headquarters answers, as far as this page uses it; fields that it does not know are passed over. */
export const Role = z.enum(["admin", "editor", "viewer"]);
export type Role = z.infer<typeof Role>;

export const Session = z.object({
  user: z.object({ name: z.string(), role: Role }),
  csrfToken: z.string(),
  expiresAt: z.string(),
});
export type Session = z.infer<typeof Session>;

/** LSN of the catalog after a change; `changed` is false when everything was so already. */
export const Changed = z.object({ lsn: z.number(), changed: z.boolean().default(true) });

export const Store = z.object({ name: z.string(), label: z.string() });
export type Store = z.infer<typeof Store>;
export const Stores = z.object({ stores: z.array(Store) });

export const ProductPage = z.object({
  products: z.array(Product),
  more: z.boolean(),
  similar: z.boolean(),
});
export type ProductPage = z.infer<typeof ProductPage>;

/** All that a page shows of a product at once. `key`: what was asked for, a SKU or a barcode. */
export const ProductDetail = z.object({
  key: z.string(),
  product: Product,
  lsn: z.number(),
  changedAt: z.string().nullable(),
  changedBy: z.string().nullable(),
  references: z.number(),
  /** Address of a picture to show, or null. */
  picture: z.string().nullable(),
  overrides: z.record(z.string(), Override),
});
export type ProductDetail = z.infer<typeof ProductDetail>;
export const ProductDetails = z.object({ details: z.array(ProductDetail) });

/** Where headquarters stands, and what it has told each store. */
export const Heads = z.object({
  lsn: z.number(),
  stores: z.record(z.string(), z.object({ lsn: z.number(), scannedLsn: z.number() })),
});
export type Heads = z.infer<typeof Heads>;

export const AuditEntry = z.object({
  lsn: z.number(),
  at: z.string(),
  actor: z.string(),
  source: z.string().nullable(),
  kind: z.enum(["product", "reference", "override"]),
  sku: z.string(),
  store: z.string().nullable(),
  before: z.unknown(),
  after: z.unknown(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditPage = z.object({ changes: z.array(AuditEntry), next: z.number().nullable() });

const Conflict = Verdict.shape.conflicts.element
  .omit({ photo: true })
  .extend({ picture: z.string().nullable() });
/** One photo on its way to becoming a reference. */
export const Enrolment = Job.omit({ photo: true, verdict: true, failure: true }).extend({
  failure: Failure.nullable(),
  picture: z.string().nullable(),
  verdict: Verdict.extend({ conflicts: z.array(Conflict) }).nullable(),
});
export type Enrolment = z.infer<typeof Enrolment>;
export type EnrolmentConflict = z.infer<typeof Conflict>;
export const Enrolments = z.object({ enrolments: z.array(Enrolment), next: z.number().nullable() });
export const Sent = z.object({ batch: z.string(), enrolments: z.array(Enrolment) });
export type Sent = z.infer<typeof Sent>;
/** What was taken of a ZIP, and what was left out of it. */
export const SentZip = z.object({
  batch: z.string(),
  sent: z.number(),
  problems: z.array(z.object({ source: z.string(), message: z.string() })),
});
export type SentZip = z.infer<typeof SentZip>;
export const Counts = z.record(z.string(), z.number());
export const LiveMessage = z.object({
  type: z.enum(["snapshot", "jobs"]),
  counts: Counts,
  enrolments: z.array(Enrolment),
});

export const LineError = z.object({ line: z.number(), field: z.string(), message: z.string() });
export type LineError = z.infer<typeof LineError>;
export const ImportReport = z.object({
  id: z.string(),
  kind: z.string(),
  file: z.string(),
  actor: z.string(),
  state: z.enum(["reading", "applying", "done", "checked", "refused", "failed"]),
  lines: z.number(),
  applied: z.number(),
  created: z.number(),
  changed: z.number(),
  unchanged: z.number(),
  removed: z.number(),
  errorCount: z.number(),
  errors: z.array(LineError),
  failure: z.string().nullable(),
  lsn: z.number().nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
});
export type ImportReport = z.infer<typeof ImportReport>;
export const ImportReports = z.object({ imports: z.array(ImportReport) });

export const Terminal = z.object({
  store: z.string(),
  terminal: z.string(),
  label: z.string(),
  group: z.string(),
  presence: z.enum(["never", "online", "stale", "offline"]),
  lastSeen: z.string().nullable(),
  credential: z.enum(["none", "active", "revoked"]),
  registeredAt: z.string().nullable(),
  birth: Birth.nullable().catch(null),
  beat: Beat.nullable().catch(null),
  settings: z.object({
    version: z.number(),
    desired: z.record(z.string(), z.unknown()),
    reported: ReportedConfig.nullable().catch(null),
  }),
  pictureAt: z.string().nullable(),
});
export type Terminal = z.infer<typeof Terminal>;
export const Terminals = z.object({ terminals: z.array(Terminal), next: z.string().nullable() });

export const Command = z.object({
  id: z.string(),
  command: z.object({ do: z.string(), on: z.boolean().optional() }),
  actor: z.string(),
  createdAt: z.string(),
  deadline: z.string(),
  answeredAt: z.string().nullable(),
  state: z.enum(["waiting", "done", "failed", "expired"]),
  detail: z.string(),
});
export type Command = z.infer<typeof Command>;
export const Commands = z.object({ commands: z.array(Command) });

export const Invitation = z.object({ code: z.string(), expiresAt: z.string().optional() });

export const Rollout = z.object({
  id: z.string(),
  plan: RolloutPlan,
  state: RolloutState,
  actor: z.string(),
  createdAt: z.string(),
  reports: z.record(z.string(), z.enum(["pending", "succeeded", "failed"])).optional(),
});
export type Rollout = z.infer<typeof Rollout>;
export const Rollouts = z.object({ rollouts: z.array(Rollout) });

export const Crop = z.object({
  id: z.string(),
  store: z.string(),
  terminal: z.string(),
  at: z.string(),
  body: z.object({
    decision: z
      .object({
        kind: z.string(),
        candidates: z.array(z.object({ sku: z.string() })).default([]),
        best: z.array(z.object({ sku: z.string() })).default([]),
        barcodeSku: z.string().optional(),
        pictureSku: z.string().optional(),
      })
      .transform(({ kind, candidates, best, barcodeSku, pictureSku }) => ({
        kind,
        /** What it may be, the likeliest first. */
        candidates: [
          ...candidates,
          ...best,
          ...[barcodeSku, pictureSku].flatMap((sku) => (sku ? [{ sku }] : [])),
        ],
      })),
    lineItemId: z.string().nullable(),
  }),
});
export type Crop = z.infer<typeof Crop>;
export const Crops = z.object({ crops: z.array(Crop), next: z.string().nullable() });
