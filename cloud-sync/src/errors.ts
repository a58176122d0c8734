import { TillsightError } from "@tillsight/contracts";

/** Nothing is stored under that key. */
export class NotFoundError extends TillsightError {
  readonly code = "NOT_FOUND";
}

/** The folder or bucket of pictures cannot be used. */
export class ObjectStoreError extends TillsightError {
  readonly code = "OBJECT_STORE";

  constructor(
    message: string,
    options?: ErrorOptions,
    fix = "Check that the folder may be written and has space, or the bucket, its address and credentials.",
  ) {
    super(message, fix, options);
  }
}

/** The change would contradict what is stored, such as one barcode on two products. */
export class ConflictError extends TillsightError {
  readonly code = "CONFLICT";
}

/** A page of another origin asks, which a browser lets it try. */
export class ForeignOriginError extends TillsightError {
  readonly code = "FOREIGN_ORIGIN";

  constructor() {
    super("this page is not headquarters' own", "Open the console at headquarters' own address.");
  }
}

/** A picture that is none, too large, or of a kind that is not taken. */
export class PhotoRefusedError extends TillsightError {
  readonly code = "PHOTO_REFUSED";
}

/** A picture behind a link could not be had this time. */
export class PictureFetchError extends TillsightError {
  readonly code = "PICTURE_FETCH";

  constructor(message: string, options?: ErrorOptions) {
    super(message, "It is tried again; when it stays so, look whether the link works in a browser.", options);
  }
}

/** The thread that looks at pictures ended, or a picture held it up. */
export class PhotoReaderError extends TillsightError {
  readonly code = "PHOTO_READER";

  constructor(message: string, options?: ErrorOptions) {
    super(
      message,
      "It is started again by itself; when it stays so, look at the picture and the log.",
      options,
    );
  }
}

/** Another worker has the job by now: what this one made of it was given up. */
export class LeaseLostError extends TillsightError {
  readonly code = "LEASE_LOST";

  constructor(job: string) {
    super(`enrolment ${job} went to another worker`, "Nothing to do: that one finishes it.");
  }
}

/** The data folder or a port cannot be used. */
export class CloudStartError extends TillsightError {
  readonly code = "CLOUD_START";
}

/** The database server does not answer (any more); what was under way was rolled back. */
export class DatabaseUnavailableError extends TillsightError {
  readonly code = "DATABASE_UNAVAILABLE";

  constructor(options?: ErrorOptions) {
    super(
      "the database cannot be reached",
      "Check that the PostgreSQL server runs and can be reached; then try again.",
      options,
    );
  }
}

/** Written by a newer Tillsight than this one. */
export class CloudNewerError extends TillsightError {
  readonly code = "CLOUD_NEWER";

  constructor(
    readonly found: number,
    readonly known: number,
  ) {
    super(
      `the catalog database has schema ${found}, this Tillsight knows up to ${known}`,
      "Install the newer Tillsight again, or give another data folder with --data.",
    );
  }
}

/** Other copies of headquarters were quicker every time: nothing was done, the next change tries again. */
export class PublishConflictError extends TillsightError {
  readonly code = "PUBLISH_CONFLICT";

  constructor(store: string) {
    super(
      `publishing for store ${store} gave way to other copies of headquarters`,
      "Nothing to do unless it comes often: then look at how many copies share this database.",
    );
  }
}

/** A copy of headquarters with another embedder was started on the same database: this one must not publish. */
export class CopyOutdatedError extends TillsightError {
  readonly code = "COPY_OUTDATED";

  constructor(own: string, now: string) {
    super(
      `this copy has the embedder ${own}, and a newer one brought in ${now}`,
      "Stop this copy, and start it with the version and --models of the newer one.",
    );
  }
}

/** A backup that cannot be taken or restored as it was asked. */
export class BackupError extends TillsightError {
  readonly code = "BACKUP";
}
