/** "TILL": tells our file from any other SQLite database (PRAGMA application_id). */
export const APPLICATION_ID = 0x54494c4c;

/**
 * Step n takes a journal of `user_version` n to n + 1. Steps are never changed once released; a journal of a
 * later version than there are steps is refused.
 */
export const migrations: readonly string[] = [
  `
  -- Every fact about every transaction, in order, never changed.
  CREATE TABLE events (
    lsn INTEGER PRIMARY KEY,
    version INTEGER NOT NULL,
    type TEXT NOT NULL,
    body TEXT NOT NULL,
    crc INTEGER NOT NULL
  ) STRICT;

  -- Where each transaction begins, so that a start reads the newest one only.
  CREATE TABLE transactions (
    opened_lsn INTEGER PRIMARY KEY,
    transaction_id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    ended_at INTEGER
  ) STRICT;

  -- Highest sequence number given out, per receiver; outlives the rows it was given to.
  CREATE TABLE destinations (
    name TEXT PRIMARY KEY,
    last_sequence INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    destination TEXT NOT NULL REFERENCES destinations (name),
    message_id TEXT NOT NULL UNIQUE,
    transaction_id TEXT,
    sequence INTEGER,
    payload TEXT NOT NULL,
    crc INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    UNIQUE (destination, sequence)
  ) STRICT;
  CREATE INDEX outbox_open ON outbox (destination, id) WHERE state IN ('queued', 'sending');
  CREATE INDEX outbox_transaction ON outbox (transaction_id);
  `,
];
