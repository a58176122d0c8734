import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
// PostgreSQL as WebAssembly: a real database without a server to install; production takes the server.
import { PGlite, type Transaction } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import type { Database, Sql, SqlValue, TransactionOptions } from "./database.js";

const sessionOf = (session: Pick<Transaction, "query" | "exec">): Sql => ({
  async query<T>(text: string, values: readonly SqlValue[] = []) {
    const { rows, affectedRows } = await session.query<T>(text, [...values]);
    return { rows, affected: affectedRows ?? 0 };
  },
  async script(text) {
    await session.exec(text);
  },
});

/** The embedded engine on one folder; one process at a time. */
export class PGliteDatabase implements Database {
  readonly engine = "pglite";
  readonly #db: PGlite;
  readonly #sql: Sql;
  #closing: Promise<void> | undefined;

  private constructor(db: PGlite) {
    this.#db = db;
    this.#sql = sessionOf(db);
  }

  /** @param dir created when missing */
  static async open(dir: string): Promise<PGliteDatabase> {
    await mkdir(dirname(dir), { recursive: true, mode: 0o700 });
    return new PGliteDatabase(await PGlite.create(dir, { extensions: { pg_trgm } }));
  }

  query<T>(text: string, values?: readonly SqlValue[]) {
    return this.#sql.query<T>(text, values);
  }

  script(text: string): Promise<void> {
    return this.#sql.script(text);
  }

  transaction<T>(work: (tx: Sql) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.#db.transaction(async (tx) => {
      if (options.isolation === "snapshot")
        await tx.exec("set transaction isolation level repeatable read read only");
      return work(sessionOf(tx));
    });
  }

  async listen(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>> {
    return this.#db.listen(channel, listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#db.close();
    return this.#closing;
  }
}
