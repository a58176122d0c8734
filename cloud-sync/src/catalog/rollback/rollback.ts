import { randomUUID } from "node:crypto";
import { InvalidInputError } from "@tillsight/contracts";
import type { Database, Sql } from "../../storage/database.js";
import { jsonText } from "../../storage/json-text.js";
import { type ChangeLog, change } from "../change-log.js";
import type { Claim } from "../write-products.js";
import { applySteps, ownersElsewhere } from "./apply.js";
import { Rollback, type RollbackReport } from "./report.js";
import { changedSkus, statesAt, statesNow } from "./states.js";
import { type SkuSteps, stepsBack } from "./steps.js";
import { Tally } from "./tally.js";

export interface RollbackWish {
  /** The catalog becomes what it was at this LSN. */
  readonly toLsn: number;
  /** Products that were changed after this one stay as they are; left out: the newest. */
  readonly throughLsn?: number | undefined;
}

export interface RollbackParts {
  readonly db: Database;
  /** The catalog's. */
  readonly embedderId: string;
  /** Whether a picture is still kept. */
  readonly hasPhoto: (photo: string) => Promise<boolean>;
}

/** Products at a time: some megabytes with their vectors. */
const batchSkus = 250;

/** Carries the report out of a transaction that must not commit. */
class NotCommitted {
  constructor(readonly report: RollbackReport) {}
}

/** Of products that stay; these want the same: they must stay too. */
class CodesTaken {
  constructor(readonly skus: readonly string[]) {}
}

type Finish = (tx: Sql, report: RollbackReport) => Promise<void>;

/** What a roll-back would do, found out by doing it and giving it up. @throws InvalidInputError */
export async function previewRollback(parts: RollbackParts, wish: RollbackWish): Promise<RollbackReport> {
  const giveUp: Finish = async (_, report) => {
    throw new NotCommitted(report);
  };
  return attempts(parts, wish, { actor: "preview" }, giveUp).catch((error: unknown) => {
    if (error instanceof NotCommitted) return error.report;
    throw error;
  });
}

/**
 * Makes the catalog what it was, by new changes: LSNs never go back. All of it in one transaction, with who and why.
 *
 * @param also runs in the transaction, after the last change
 * @throws InvalidInputError, what `also` throws
 */
export async function rollBackCatalog(
  parts: RollbackParts,
  wish: RollbackWish,
  by: { readonly actor: string; readonly reason: string },
  also: Finish = async () => {},
): Promise<Rollback> {
  const own = { id: randomUUID(), at: new Date().toISOString(), actor: by.actor, reason: by.reason };
  const author = { actor: by.actor, source: `rollback:${own.id}` };
  const report = await attempts(parts, wish, author, async (tx, done) => {
    await tx.query(
      "insert into catalog_rollback (id, at, actor, reason, report) values ($1, $2, $3, $4, $5::jsonb)",
      [own.id, own.at, own.actor, own.reason, jsonText(done)],
    );
    await also(tx, done);
  });
  return { ...own, report };
}

/** The newest first, those before `before`. */
export async function readRollbacks(
  sql: Sql,
  { before, limit }: { readonly before?: string | undefined; readonly limit: number },
): Promise<Rollback[]> {
  const { rows } = await sql.query<Omit<Rollback, "at"> & { at: Date }>(
    `select id, at, actor, reason, report from catalog_rollback
     where $2::uuid is null or (at, id) < (select at, id from catalog_rollback where id = $2)
     order by at desc, id desc limit $1`,
    [limit, before ?? null],
  );
  return rows.map((row) => Rollback.parse({ ...row, at: row.at.toISOString() }));
}

/** Again without those whose barcodes are taken, until all fits. */
async function attempts(
  parts: RollbackParts,
  wish: RollbackWish,
  author: { readonly actor: string; readonly source?: string },
  finish: Finish,
): Promise<RollbackReport> {
  const taken = new Set<string>();
  for (;;) {
    try {
      const { value } = await change(parts.db, author, async (tx, log) => {
        const report = await write(tx, log, parts, wish, taken);
        await finish(tx, report);
        return report;
      });
      return value;
    } catch (error) {
      if (!(error instanceof CodesTaken)) throw error;
      for (const sku of error.skus) taken.add(sku);
    }
  }
}

async function write(
  tx: Sql,
  log: ChangeLog,
  parts: RollbackParts,
  { toLsn, throughLsn = log.lsn }: RollbackWish,
  taken: ReadonlySet<string>,
): Promise<RollbackReport> {
  await requireRange(tx, toLsn, throughLsn, log.lsn);
  const undoes = await authorsOf(tx, toLsn, throughLsn);
  const all = await changedSkus(tx, toLsn, throughLsn);
  const tally = new Tally(parts.embedderId);
  const skus: string[] = [];
  for (const { sku, later } of all)
    if (later) tally.left(sku, "changedSince");
    else if (taken.has(sku)) tally.left(sku, "barcodeTaken");
    else skus.push(sku);
  const claims: Claim[] = [];
  for (let at = 0; at < skus.length; at += batchSkus) {
    const steps = await stepsOf(tx, parts, skus.slice(at, at + batchSkus), toLsn);
    for (const one of steps) tally.add(one);
    claims.push(...(await applySteps(tx, log, steps)));
  }
  // Barcodes may move between products, so they are claimed once all are written.
  const stuck = await ownersElsewhere(tx, claims);
  if (stuck.length > 0) throw new CodesTaken(stuck);
  return tally.report({ toLsn, throughLsn, lsn: log.lsn, undoes });
}

async function stepsOf(
  tx: Sql,
  { embedderId, hasPhoto }: RollbackParts,
  skus: readonly string[],
  toLsn: number,
): Promise<SkuSteps[]> {
  const [now, then] = [await statesNow(tx, skus), await statesAt(tx, skus, toLsn)];
  // Only those of another embedder need their picture: a vector of the catalog's own is in the log.
  const wanted = [...then.values()]
    .flatMap(({ references }) => [...references.values()])
    .flatMap(({ embedderId: own, photo }) => (own === embedderId || photo === undefined ? [] : [photo]));
  const kept = new Set<string>();
  for (const photo of new Set(wanted)) if (await hasPhoto(photo)) kept.add(photo);
  return [...then].flatMap(([sku, was]) => {
    const is = now.get(sku);
    return (is && stepsBack(sku, is, was, embedderId, (photo) => kept.has(photo))) ?? [];
  });
}

async function requireRange(tx: Sql, toLsn: number, throughLsn: number, newest: number): Promise<void> {
  if (throughLsn > newest || toLsn >= throughLsn)
    throw new InvalidInputError(
      `the catalog is at LSN ${newest}: it cannot go back from ${throughLsn} to ${toLsn}`,
      "Give an earlier LSN as toLsn; GET /api/changes lists them.",
    );
  // The first release's log does not tell what removals took along; see the schema's second step.
  const { rows } = await tx.query<{ lsn: number | null }>(
    "select max(lsn) as lsn from change where actor = 'schema 2'",
  );
  const oldest = Number(rows[0]?.lsn ?? 0);
  if (toLsn < oldest)
    throw new InvalidInputError(
      `what the catalog was before LSN ${oldest} is not known`,
      `Its history begins there, with the database of an older release: give ${oldest} or later.`,
    );
}

async function authorsOf(tx: Sql, toLsn: number, throughLsn: number): Promise<RollbackReport["undoes"]> {
  const { rows } = await tx.query<RollbackReport["undoes"][number]>(
    `select actor, source, count(*)::int as changes from change where lsn > $1 and lsn <= $2
     group by actor, source order by changes desc, actor limit 20`,
    [toLsn, throughLsn],
  );
  return rows;
}
