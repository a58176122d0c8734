import type { PartHealth } from "@tillsight/contracts";
import type { Sql } from "../storage/database.js";
import type { Counts } from "./queue/job.js";
import { countJobs } from "./queue/jobs.js";

/** A photo that has been due for longer waits for nobody, s. */
const stuckAfter = 900;

/** How enrolment fares, from the queue that all copies share. */
export async function enrolHealth(sql: Sql): Promise<PartHealth> {
  const counts = await countJobs(sql);
  const { rows } = await sql.query<{ seconds: number | null }>(
    `select extract(epoch from now() - min(due_at))::float8 as seconds from enrol_job
     where state = 'queued' and due_at <= now()`,
  );
  return judgeEnrolment(counts, Math.round(rows[0]?.seconds ?? 0));
}

/** @param oldestSeconds how long the photo that waits longest has been due */
export function judgeEnrolment(counts: Counts, oldestSeconds: number): PartHealth {
  const facts = { ...counts, oldestSeconds };
  if (oldestSeconds > stuckAfter)
    return {
      state: "degraded",
      detail: `photos have waited for ${Math.round(oldestSeconds / 60)} minutes`,
      fix: "See whether a copy of headquarters with networks runs (--models), and its log.",
      facts,
    };
  const waiting = counts.queued + counts.running;
  const dead = counts.dead > 0 ? `; ${counts.dead} failed and wait for a person` : "";
  return { state: "ok", detail: `${waiting} photos wait${dead}`, facts };
}
