import type { Database, Sql } from "../storage/database.js";
import { SignInBlockedError } from "./errors.js";

/** What is counted, and how many wrong tries of a quarter of an hour are free of waiting. */
const limits = { pair: 5, name: 20, address: 30 } as const;
/** Without a wrong try for so long, the count begins anew. */
const forgetSeconds = 900;
const longestWaitSeconds = 900;

type Kind = keyof typeof limits;
const keysOf = (name: string, address: string): [Kind, string][] => [
  ["pair", `pair:${name} ${address}`],
  ["name", `name:${name}`],
  ["address", `address:${address}`],
];

/**
 * Wrong passwords, counted for a name, for an address and for both together: after the free ones the wait doubles
 * from 1 s to a quarter of an hour. Somebody who guesses from one address is stopped long before the name's own
 * count would keep its owner out. Names that nobody has are counted alike. In the database, for all copies.
 */
export class SignInTries {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Counts a try as wrong before its outcome is known, so that many at once are no way around. @throws SignInBlockedError */
  async begin(name: string, address: string, now: Date): Promise<void> {
    const blocked = await this.#db.transaction(async (tx) => {
      const keys = keysOf(name, address);
      const waits: number[] = [];
      for (const [, key] of keys) waits.push(await waitOf(tx, key, now));
      const longest = Math.max(...waits);
      if (longest > 0) return longest;
      for (const [kind, key] of keys) await count(tx, key, limits[kind], now);
      return 0;
    });
    if (blocked > 0) throw new SignInBlockedError(blocked);
  }

  /** It was right: the name is forgotten; the address keeps its other tries, or one account would free it to guess others. */
  async succeeded(sql: Sql, name: string, address: string): Promise<void> {
    for (const [kind, key] of keysOf(name, address))
      await sql.query(
        kind === "address"
          ? "update sign_in_try set wrong = greatest(wrong - 1, 0), blocked_until = last_at where key = $1"
          : "delete from sign_in_try where key = $1",
        [key],
      );
  }
}

/** Seconds that are still to wait. Makes and locks the row: tries at once are counted one after the other. */
async function waitOf(tx: Sql, key: string, now: Date): Promise<number> {
  const { rows } = await tx.query<{ until: Date }>(
    `insert into sign_in_try (key, wrong, last_at, blocked_until) values ($1, 0, $2, $2)
     on conflict (key) do update set wrong = case when sign_in_try.last_at < $3 then 0 else sign_in_try.wrong end
     returning blocked_until as until`,
    [key, now.toISOString(), new Date(now.getTime() - forgetSeconds * 1000).toISOString()],
  );
  return Math.max(0, Math.ceil(((rows[0]?.until.getTime() ?? 0) - now.getTime()) / 1000));
}

async function count(tx: Sql, key: string, free: number, now: Date): Promise<void> {
  const { rows } = await tx.query<{ wrong: number }>(
    "update sign_in_try set wrong = wrong + 1, last_at = $2 where key = $1 returning wrong",
    [key, now.toISOString()],
  );
  const over = (rows[0]?.wrong ?? 0) - free;
  if (over < 0) return;
  const seconds = Math.min(longestWaitSeconds, 2 ** over);
  await tx.query("update sign_in_try set blocked_until = $2 where key = $1", [
    ...[key, new Date(now.getTime() + seconds * 1000).toISOString()],
  ]);
}
