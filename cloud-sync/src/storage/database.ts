/** What a query may be given; arrays of text become PostgreSQL arrays, JSON goes as text with a cast (`$1::jsonb`). */
export type SqlValue = string | number | boolean | null | Uint8Array | readonly string[] | readonly number[];

/**
 * A PostgreSQL session. Rows come with `bigint` as number, `bytea` as bytes, `jsonb` parsed and `timestamptz` as
 * Date, whatever the engine.
 */
export interface Sql {
  /** @throws DatabaseUnavailableError when the connection is gone; what the engine throws otherwise (`sqlState`). */
  query<T>(
    text: string,
    values?: readonly SqlValue[],
  ): Promise<{ readonly rows: T[]; readonly affected: number }>;
  /** Several statements at once, without values. */
  script(text: string): Promise<void>;
}

export interface TransactionOptions {
  /** `snapshot`: every query sees the state of the first one (repeatable read), and nothing may be written. */
  readonly isolation?: "readCommitted" | "snapshot";
}

/**
 * PostgreSQL, embedded or a server, behind one SQL.
 *
 * The embedded engine has one session: inside `transaction` use only the `tx` you are given, because a query on the
 * database itself would wait for the transaction to end, and keep transactions short, because everybody waits.
 */
export interface Database extends Sql {
  readonly engine: "pglite" | "postgres";
  /** Commits when `work` resolves; rolls back when it throws, and throws the same. */
  transaction<T>(work: (tx: Sql) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /**
   * Calls `listener` for each committed `pg_notify(channel, payload)` of any process, and with an empty payload
   * whenever some may have been missed (a connection came back).
   *
   * @param channel lower-case letters and underscores
   * @returns what ends it
   */
  listen(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>>;
  /** Of a server: connections of this process in use and idle, and calls that wait for one. */
  connections?(): { readonly busy: number; readonly idle: number; readonly waiting: number };
  /** Idempotent. */
  close(): Promise<void>;
}

/** PostgreSQL's five-character code of what was thrown (such as `23505`, a unique key twice), or "". */
export const sqlState = (error: unknown): string =>
  error instanceof Error && "code" in error && /^[0-9A-Z]{5}$/.test(String(error.code))
    ? String(error.code)
    : "";
