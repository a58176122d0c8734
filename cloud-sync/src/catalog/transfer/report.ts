import type { KindName, LineError } from "./kinds.js";

/**
 * `reading`, `applying`: under way. `done`: everything is in. `checked`: it would be, but was only to be tried.
 * `refused`: lines do not fit, nothing was changed. `failed`: broken off, nothing was changed.
 */
export type ImportState = "reading" | "applying" | "done" | "checked" | "refused" | "failed";

export interface ImportReport {
  readonly id: string;
  readonly kind: KindName;
  readonly file: string;
  readonly actor: string;
  readonly state: ImportState;
  /** Records read so far, and how many of them were compared with the catalog. */
  readonly lines: number;
  readonly applied: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly errorCount: number;
  /** The first hundred; the others are asked for by page. */
  readonly errors: readonly LineError[];
  /** Why it failed; null otherwise. */
  readonly failure: string | null;
  /** Of the catalog afterwards; null when nothing was changed. */
  readonly lsn: number | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
}

/** Errors in the report itself. */
export const reportedErrors = 100;
/** Errors that are kept; of more, only their number: nobody mends a file one by one beyond that. */
export const keptErrors = 10_000;

export const isOver = ({ state }: Pick<ImportReport, "state">): boolean =>
  state !== "reading" && state !== "applying";
