/** Tables of a backup, each after those that it refers to. A test holds the two lists to the schema. */
export const backedUp = [
  ...["headquarters", "catalog_state", "store"],
  ...[
    "product",
    "product_search",
    "search_word",
    "barcode",
    "override",
    "reference",
    "change",
    "catalog_rollback",
  ],
  ...["import", "import_error", "publish_state", "endorsement", "enrol_batch", "enrol_job"],
  ...["terminal", "registration", "fleet_command", "rollout", "model", "up_cursor"],
  ...["sale", "lane_event", "telemetry", "review_crop", "up_refused", "relay_outbox"],
  ...["account", "api_token", "security_event"],
] as const;

/**
 * Left out: what is made anew (deltas and snapshots begin a new history after a restore), what lives for a moment
 * (copies, sessions, tries, links, kept answers, rows of an import under way), and the schema's own number.
 */
export const leftOut = [
  ...["migration", "copy", "import_row", "delta", "snapshot", "snapshot_chunk", "chunk"],
  ...["session", "setup_link", "sign_in_try", "kept_answer"],
] as const;

/** Rows in one statement. */
export const batchRows = 500;
