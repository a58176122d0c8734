// The official-in-all-but-name client of PostgreSQL for Node; MIT, pure JavaScript.
import pg from "pg";
import { DatabaseUnavailableError } from "../errors.js";
import { type Logger, silentLogger } from "../log.js";
import type { Database, Sql, SqlValue, TransactionOptions } from "./database.js";
import { PostgresListener } from "./postgres-listener.js";

const BIGINT = 20;
// An LSN stays far below 2^53.
const types = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    oid === BIGINT ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
};

/** Classes 08 (connection) and 57P0x (shut down), and what the socket says. */
const isGone = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? String(error.code) : "";
  return (
    /^(08...|57P0[0-5]|53300|ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH)$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|not queryable/i.test(error.message)
  );
};

const asOurs = (error: unknown): unknown =>
  isGone(error) ? new DatabaseUnavailableError({ cause: error }) : error;

const sessionOf = (client: Pick<pg.ClientBase, "query">): Sql => ({
  async query<T>(text: string, values: readonly SqlValue[] = []) {
    try {
      const sent = values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value));
      const result = await client.query<pg.QueryResultRow>(text, sent as unknown[]);
      return { rows: result.rows as T[], affected: result.rowCount ?? 0 };
    } catch (error) {
      throw asOurs(error);
    }
  },
  async script(text) {
    await client.query(text).catch((error: unknown) => {
      throw asOurs(error);
    });
  },
});

export interface PostgresOptions {
  /** `postgresql://user:password@host:5432/database?sslmode=verify-full` */
  readonly url: string;
  /** Connections at most; each copy of headquarters takes so many and one more to listen. */
  readonly poolSize?: number;
  readonly log?: Logger;
}

/** A PostgreSQL server, 15 or later. */
export class PostgresDatabase implements Database {
  readonly engine = "postgres";
  readonly #pool: pg.Pool;
  readonly #sql: Sql;
  readonly #listener: PostgresListener;
  #closing: Promise<void> | undefined;

  private constructor(pool: pg.Pool, listener: PostgresListener) {
    this.#pool = pool;
    this.#listener = listener;
    this.#sql = sessionOf(pool);
  }

  /** @throws DatabaseUnavailableError, or what the server says (a wrong password, no such database) */
  static async open(options: PostgresOptions): Promise<PostgresDatabase> {
    const { url, poolSize = 8, log = silentLogger } = options;
    const config = {
      ...{ connectionString: url, types, application_name: "tillsight-cloud-sync" },
      ...{ connectionTimeoutMillis: 10_000, keepAlive: true },
    };
    const pool = new pg.Pool({ ...config, max: poolSize });
    // An idle connection that breaks is no failure: the pool makes another.
    pool.on("error", (error) => log.warn("a connection to the database was lost", { error: error.message }));
    const database = new PostgresDatabase(pool, new PostgresListener(() => new pg.Client(config), log));
    try {
      await database.query("select 1");
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  query<T>(text: string, values?: readonly SqlValue[]) {
    return this.#sql.query<T>(text, values);
  }

  script(text: string): Promise<void> {
    return this.#sql.script(text);
  }

  async transaction<T>(work: (tx: Sql) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw asOurs(error);
    });
    let broken: Error | undefined;
    // While it is checked out, the pool does not watch it for us.
    const onError = (error: Error) => {
      broken = error;
    };
    client.on("error", onError);
    const tx = sessionOf(client);
    try {
      await tx.script(
        options.isolation === "snapshot" ? "begin isolation level repeatable read read only" : "begin",
      );
      const result = await work(tx);
      await tx.script("commit");
      return result;
    } catch (error) {
      await client.query("rollback").catch((cause: Error) => {
        broken ??= cause;
      });
      throw error;
    } finally {
      client.off("error", onError);
      client.release(broken);
    }
  }

  listen(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>> {
    return this.#listener.listen(channel, listener);
  }

  connections() {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all([this.#listener.close(), this.#pool.end()]).then(() => {});
    return this.#closing;
  }
}
