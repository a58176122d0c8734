import type { Database } from "../../storage/database.js";
import type { NeededLsn } from "./judge.js";

/**
 * A store is only told of changes that concern it, so its lanes may have everything up to an LSN and never report that
 * LSN itself: they need where the last delta ends that the store was told before it. A delta that passes the LSN is
 * not cut in two: where it holds changes of before the LSN, a lane that is held there never has them.
 */
export async function neededLsn(db: Database, lsn: number): Promise<NeededLsn> {
  const { rows } = await db.query<{ store: string; needed: number }>(
    `select store, case
         when lsn <= $1 then lsn
         when exists (select 1 from change where change.lsn > last and change.lsn <= $1
           and (change.store is null or change.store = told.store)) then $1
         else coalesce(last, $1)
       end as needed
     from (select store, lsn,
         (select max(to_lsn) from delta where delta.store = p.store and to_lsn <= $1) as last
       from publish_state p where scanned_lsn >= $1) as told`,
    [lsn],
  );
  const needed = new Map(rows.map((row) => [row.store, Number(row.needed)]));
  return ({ store }) => needed.get(store) ?? null;
}
