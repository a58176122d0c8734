import { TillsightError } from "@tillsight/contracts";

/** Another process held the catalog longer than we may wait. */
export class CatalogLockedError extends TillsightError {
  readonly code = "CATALOG_LOCKED";

  constructor(file: string, options?: ErrorOptions) {
    super(
      `the catalog ${file} is locked by another process`,
      "Stop the other program that writes it (a second daemon, a backup, a database browser), then try again.",
      options,
    );
  }
}

/** The disk or quota is full: nothing of the change was kept. */
export class CatalogFullError extends TillsightError {
  readonly code = "CATALOG_DISK_FULL";

  constructor(file: string, options?: ErrorOptions) {
    super(
      `no space left to write ${file}`,
      "Free space on that disk; the lane goes on with what it has.",
      options,
    );
  }
}

/** The file is not a database, or its pages do not hold together. */
export class CatalogCorruptError extends TillsightError {
  readonly code = "CATALOG_CORRUPT";

  constructor(file: string, options?: ErrorOptions) {
    super(
      `the catalog ${file} is damaged`,
      "Move the file away and start again: the lane fetches its catalog from headquarters; items enrolled in this store come back from a backup.",
      options,
    );
  }
}

/** Written by a newer Tillsight than this one. */
export class CatalogNewerError extends TillsightError {
  readonly code = "CATALOG_NEWER";

  constructor(
    file: string,
    readonly found: number,
    readonly known: number,
  ) {
    super(
      `the catalog ${file} has schema ${found}, this Tillsight knows up to ${known}`,
      "Install the newer Tillsight again, or move the file away to start with an empty catalog.",
    );
  }
}

/** Any other failure of the file system or of SQLite. */
export class CatalogIoError extends TillsightError {
  readonly code = "CATALOG_IO";

  constructor(file: string, options?: ErrorOptions) {
    const why = options?.cause instanceof Error ? `: ${options.cause.message}` : "";
    super(
      `cannot use the catalog ${file}${why}`,
      "Check that its folder exists and that the daemon may write there.",
      options,
    );
  }
}

/** Headquarters' whole catalog is being taken over; that takes seconds. */
export class CatalogBusyError extends TillsightError {
  readonly code = "CATALOG_BUSY";

  constructor() {
    super(
      "the catalog is being taken over from headquarters",
      "Try again in some seconds; selling goes on meanwhile.",
    );
  }
}

/** Vectors of another embedder than the lane's own. */
export class CatalogEmbedderError extends TillsightError {
  readonly code = "CATALOG_EMBEDDER";

  constructor(
    readonly wanted: string,
    readonly found: string,
  ) {
    super(
      `references of embedder ${found} do not fit this lane's embedder ${wanted}`,
      "Give lane and headquarters the same embedder model.",
    );
  }
}

/** A vector that is no embedding; nothing of the change was kept. */
export class CatalogRefusedError extends TillsightError {
  readonly code = "CATALOG_REFUSED";

  constructor(readonly reason: string) {
    super(`the reference was refused: ${reason}`, "Enrol the item again with this lane's own embedder.");
  }
}

/** Headquarters owns the product, so this store may not change or remove it. */
export class CatalogOwnedError extends TillsightError {
  readonly code = "CATALOG_OWNED_BY_HQ";

  constructor(readonly sku: string) {
    super(`product ${sku} belongs to headquarters`, "Change it there; the lane follows within seconds.");
  }
}

/** Our own error for what writing the index threw. */
export function catalogIndexError(cause: unknown, dir: string): TillsightError {
  if (cause instanceof TillsightError) return cause;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  if (code === "ENOSPC" || code === "EDQUOT") return new CatalogFullError(dir, { cause });
  return new CatalogIoError(dir, { cause });
}
