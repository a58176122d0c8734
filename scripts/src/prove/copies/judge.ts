import { setTimeout as sleep } from "node:timers/promises";
import { type Database, Ledger, openDatabase } from "@tillsight/cloud-sync";
import { store } from "../../fleet/bench-fleet.js";
import { ProofProcessError } from "../sync/child.js";
import type { Acknowledged } from "../sync/copy-child.js";
import type { CopiesLane } from "./lanes.js";
import type { DeltaSpy } from "./spy.js";

export interface Evidence {
  readonly databaseUrl: string;
  readonly lanes: readonly CopiesLane[];
  readonly spy: DeltaSpy;
  readonly acknowledged: readonly Acknowledged[];
  readonly commands: readonly string[];
}

export interface Judged {
  /** Changes that were confirmed to whoever made them, and those of them that are not in the log as they were made. */
  readonly changes: number;
  readonly lost: number;
  readonly deltas: number;
  /** The same bytes once more, as after a kill. */
  readonly again: number;
  readonly different: number;
  readonly holes: number;
  readonly histories: number;
  readonly sales: number;
  /** Sales at headquarters that the lanes did not make, or the other way round; none can be there twice. */
  readonly salesWrong: number;
  readonly commands: number;
  /** Not answered, or carried out other than once. */
  readonly commandsWrong: number;
  readonly refusals: number;
  readonly equal: boolean;
  readonly passed: boolean;
}

export interface CopiesReport extends Judged {
  readonly kills: number;
  /** From a kill to the next delta, ms. */
  readonly gapP50: number;
  readonly gapMax: number;
}

const patienceMs = 180_000;

/** Waits until lanes and headquarters have nothing more to tell each other, and compares. */
export async function judgeCopies(evidence: Evidence, signal: AbortSignal): Promise<Judged> {
  const db = await openDatabase({ dataDir: "", databaseUrl: evidence.databaseUrl });
  try {
    const equal = await level(db, evidence, signal);
    const lost = await lostChanges(db, evidence.acknowledged);
    const { sales, salesWrong } = await countSales(db, evidence);
    const commandsWrong = await wrongCommands(db, evidence);
    const { spy, lanes, acknowledged, commands } = evidence;
    const { deltas, again, different, holes, histories } = spy;
    const refusals = lanes.reduce((sum, { follower }) => sum + odd(follower.sync.refusals), 0);
    const judged = {
      ...{ changes: acknowledged.length, lost, deltas, again, different, holes },
      ...{ histories, sales, salesWrong, commands: commands.length, commandsWrong },
      ...{ refusals, equal },
    };
    const wrong = [lost, different, holes, salesWrong, commandsWrong, refusals];
    return { ...judged, passed: equal && judged.histories === 1 && wrong.every((n) => n === 0) };
  } finally {
    await db.close();
  }
}

async function until(what: string, holds: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  for (const end = Date.now() + patienceMs; !(await holds()); ) {
    if (Date.now() > end) throw new ProofProcessError(`${what} takes too long`, "Look at the log.");
    await sleep(200, undefined, { signal });
  }
}

/** Everything cut, published and applied; what is kept is counted again on every lane. */
async function level(db: Database, { lanes, commands }: Evidence, signal: AbortSignal): Promise<boolean> {
  const ledger = new Ledger(db);
  const newest = async () =>
    (await db.query<{ lsn: number }>("select lsn from catalog_state")).rows[0]?.lsn ?? 0;
  const scanned = async () => (await ledger.state(store))?.scannedLsn;
  await until(
    "publishing",
    async () => (await scanned()) === (await newest()) && (await ledger.unpublishedCount()) === 0,
    signal,
  );
  const state = await ledger.state(store);
  const hash = Buffer.from(state?.stateHash ?? []).toString("hex");
  await until("following", async () => lanes.every((l) => l.catalog.syncState.stateHash === hash), signal);
  await until("selling", async () => lanes.every((l) => isEmpty(l.end.uplink.outbox.backlog)), signal);
  await until("answering", async () => (await answered(db, commands)) === commands.length, signal);
  return lanes.every(({ catalog }) => {
    const recount = catalog.recount();
    return recount.stateHash === hash && recount.rows === state?.rows && catalog.lsn === state.lsn;
  });
}

const isEmpty = (backlog: object): boolean => Object.keys(backlog).length === 0;

async function answered(db: Database, commands: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    "select count(*)::int as n from fleet_command where state = 'done' and id = any($1::uuid[])",
    [commands],
  );
  return rows[0]?.n ?? 0;
}

async function lostChanges(db: Database, acknowledged: readonly Acknowledged[]): Promise<number> {
  const { rows } = await db.query<{ lsn: number; key: string; minor: number }>(
    "select lsn, key, (after->'price'->>'minor')::int as minor from change",
  );
  const log = new Map(rows.map((row) => [row.lsn, row]));
  return acknowledged.filter(({ lsn, key, minor }) => {
    const row = log.get(lsn);
    return row?.key !== key || row.minor !== minor;
  }).length;
}

async function countSales(db: Database, { lanes }: Evidence): Promise<{ sales: number; salesWrong: number }> {
  const { rows } = await db.query<{ terminal: string; n: number }>(
    "select terminal, count(*)::int as n from sale group by terminal",
  );
  const there = new Map(rows.map(({ terminal, n }) => [terminal, n]));
  const sales = lanes.reduce((sum, { sold }) => sum + sold, 0);
  const salesWrong = lanes.reduce(
    (sum, { terminal, sold }) => sum + Math.abs(sold - (there.get(terminal) ?? 0)),
    0,
  );
  return { sales, salesWrong };
}

/** Each took one picture: told twice, it is answered from memory. */
async function wrongCommands(db: Database, { lanes, commands }: Evidence): Promise<number> {
  const carriedOut = lanes.reduce((sum, { end }) => sum + end.done.pictures, 0);
  return commands.length - (await answered(db, commands)) + Math.abs(carriedOut - commands.length);
}

/** What comes twice or too early is to be expected of a killed sender; anything else is not. */
function odd({ replayed: _, gap: __, notAsked: ___, ...others }: Readonly<Record<string, number>>): number {
  return Object.values(others).reduce((sum, n) => sum + n, 0);
}

export function copiesTable(r: CopiesReport): string {
  const rows: [what: string, value: string | number][] = [
    ["`kill -9` of a copy while it published", r.kills],
    [
      "from a kill to the next delta, median / longest, ms",
      `${Math.round(r.gapP50)} / ${Math.round(r.gapMax)}`,
    ],
    ["changes confirmed, by both copies", r.changes],
    ["of these not in the catalog's log as confirmed", r.lost],
    ["deltas heard", r.deltas],
    ["heard again, the same bytes", r.again],
    ["LSNs told with different bytes", r.different],
    ["holes between deltas", r.holes],
    ["histories begun", r.histories],
    ["sales of the lanes", r.sales],
    ["sales missing or too many at headquarters", r.salesWrong],
    ["commands given just before a kill", r.commands],
    ["of these unanswered, or carried out other than once", r.commandsWrong],
    ["refused by lanes otherwise than as a repetition or gap", r.refusals],
    ["lanes and headquarters in one state, counted again", r.equal ? "yes" : "NO"],
    ["", r.passed ? "passed" : "FAILED"],
  ];
  return ["| what | |", "|---|---|", ...rows.map(([what, value]) => `| ${what} | ${value} |`)].join("\n");
}
