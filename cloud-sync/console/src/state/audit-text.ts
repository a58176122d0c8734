import { changedFields } from "./merge.js";

/** One field of a record that changed; undefined: it was not there. */
export interface FieldChange {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Fields that nobody wants to read about. */
const silent = new Set(["embedderId", "id", "sku"]);

/** What a change did, field by field. */
export function fieldChanges(before: unknown, after: unknown): FieldChange[] {
  const [was, is] = [recordOf(before), recordOf(after)];
  return changedFields(was, is)
    .filter((field) => !silent.has(field))
    .map((field) => ({ field, before: was[field], after: is[field] }));
}

export type AuditVerb = "added" | "changed" | "removed";
export const verbOf = (before: unknown, after: unknown): AuditVerb =>
  before === null ? "added" : after === null ? "removed" : "changed";
