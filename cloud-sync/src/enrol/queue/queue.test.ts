import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Sku } from "@tillsight/contracts";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../storage/database.js";
import { onEachEngine } from "../../storage/testing/each-engine.js";
import { delayAfter } from "./back-off.js";
import type { NewJob } from "./job.js";
import { decideJob, readBatches, readJobs } from "./jobs.js";
import { type Claim, JobQueue } from "./queue.js";

const failure = { code: "TEST", message: "no", fix: "none" };
const batch = { id: randomUUID(), label: "test", actor: "test" };
const job = (n: number): NewJob => ({
  ...{ id: randomUUID(), sku: Sku.parse(`S${n}`), source: `${n}.jpg`, photo: `photo/${n}.jpeg` },
});
const jobs = (count: number) => Array.from({ length: count }, (_, i) => job(i));
const [one, other] = [randomUUID(), randomUUID()];

onEachEngine((place) => {
  let db: Database;
  beforeAll(async () => {
    db = await place().open();
  }, 60_000);
  beforeEach(() => db.script("delete from enrol_batch"));
  afterAll(() => db.close());

  const backOff = { firstMs: 60, mostMs: 120 };
  const open = (options = {}) => new JobQueue(db, { random: () => 0.5, backOff, ...options });
  const all = () => readJobs(db, { limit: 500 });
  const enrol = (queue: JobQueue, claim: Claim) =>
    db.transaction((tx) => queue.settle(tx, claim, { state: "held", verdict: null, failure: null }));

  test("jobs are done in their order, each by one worker, however many ask at once", async () => {
    const queue = open();
    const added = await queue.add(batch, jobs(60));
    const taken: string[] = [];
    const worker = async (id: string) => {
      for (;;) {
        const claim = await queue.claim(id);
        if (!claim) return;
        taken.push(claim.job.id);
        expect(await enrol(queue, claim)).toBe(true);
      }
    };
    await Promise.all([worker(one), worker(other), worker(randomUUID()), worker(randomUUID())]);
    expect([...taken].sort()).toEqual(added.map(({ id }) => id).sort());
    const [report] = await readBatches(db, { ids: [batch.id], limit: 1 });
    expect(report).toMatchObject({ label: "test", counts: { held: 60, queued: 0, dead: 0 } });
  });

  test("the same jobs again are no more jobs, and pages follow each other", async () => {
    const queue = open();
    const list = jobs(5);
    await queue.add(batch, list);
    expect(await queue.add(batch, list)).toHaveLength(5);
    const first = await readJobs(db, { batch: batch.id, limit: 3 });
    const rest = await readJobs(db, { batch: batch.id, after: first.at(-1)?.n, limit: 3 });
    expect([...first, ...rest].map(({ id }) => id)).toEqual(list.map(({ id }) => id));
    expect(await readJobs(db, { sku: "S3", states: ["queued"], limit: 9 })).toHaveLength(1);
  });

  test("a worker that falls silent loses its job to another, and can write nothing of it any more", async () => {
    const queue = open({ leaseMs: 80 });
    await queue.add(batch, jobs(1));
    const silent = await queue.claim(one);
    expect(await queue.claim(other)).toBeUndefined();
    await sleep(120);
    const taken = await queue.claim(other);
    expect(taken?.job.id).toBe(silent?.job.id);
    if (!silent || !taken) return;
    expect(await queue.renew(silent)).toBe(false);
    expect(await enrol(queue, silent)).toBe(false);
    expect(await queue.fail(silent, failure)).toBe("lost");
    expect(await enrol(queue, taken)).toBe(true);
  });

  test("a heartbeat keeps the lease, and what a stopping worker gives back counts as untried", async () => {
    const queue = open({ leaseMs: 120 });
    await queue.add(batch, jobs(1));
    const claim = await queue.claim(one);
    if (!claim) throw new RangeError("there was a job");
    for (let i = 0; i < 4; i++) {
      await sleep(60);
      expect(await queue.renew(claim)).toBe(true);
    }
    expect(await queue.claim(other)).toBeUndefined();
    await queue.release(claim);
    expect(await queue.claim(other)).toMatchObject({ attempt: 1 });
  });

  test("what fails is tried again later each time, then is dead with its reason until a person retries it", async () => {
    const queue = open({ maxAttempts: 3 });
    await queue.add(batch, jobs(1));
    const waits: number[] = [];
    for (const state of ["queued", "queued", "dead"] as const) {
      await expect.poll(() => queue.idleMs(), { interval: 10 }).toBe(0);
      const claim = await queue.claim(one);
      if (!claim) throw new RangeError("it is due");
      expect(await queue.fail(claim, failure)).toBe(state);
      const [job] = await all();
      if (state === "queued") waits.push(Date.parse(job?.dueAt ?? "") - Date.parse(job?.changedAt ?? ""));
    }
    expect(waits).toEqual([1, 2].map((attempt) => delayAfter(attempt, 0.5, backOff)));
    expect(await queue.idleMs()).toBeUndefined();
    const [dead] = await all();
    expect(dead).toMatchObject({ state: "dead", attempts: 3, failure });
    const again = await decideJob(db, dead?.id ?? "", "retry", "test");
    expect(again).toMatchObject({ state: "queued", attempts: 0, failure: null });
    expect(await queue.claim(one)).toMatchObject({ attempt: 1 });
    await expect(decideJob(db, again.id, "retry", "test")).rejects.toMatchObject({ code: "CONFLICT" });
  });

  test("a picture that ends every worker that takes it is dead in the end", async () => {
    const queue = open({ leaseMs: 1, maxAttempts: 2 });
    await queue.add(batch, jobs(1));
    for (let i = 0; i < 2; i++) {
      expect(await queue.claim(one)).toBeDefined();
      await sleep(20);
    }
    expect(await queue.claim(one)).toBeUndefined();
    expect(await all()).toMatchObject([{ state: "dead", failure: { code: "WORKER_LOST" } }]);
  });

  test("what a killed process had is due at once when its embedded database opens again", async () => {
    const queue = open();
    await queue.add(batch, jobs(2));
    await queue.claim(one);
    await open().releaseAll();
    expect((await all()).map(({ state }) => state)).toEqual(["queued", "queued"]);
  });

  test("a transaction that is rolled back leaves job and reference undone", async () => {
    const queue = open();
    await queue.add(batch, jobs(1));
    const claim = await queue.claim(one);
    if (!claim) throw new RangeError("there was a job");
    const undone = db.transaction(async (tx) => {
      await queue.settle(tx, claim, { state: "held", verdict: null, failure: null });
      throw new RangeError("cut");
    });
    await expect(undone).rejects.toThrow("cut");
    expect(await all()).toMatchObject([{ state: "running" }]);
  });
});

describe("the time to the next try", () => {
  test.each([
    [1, 0.5, 2_000],
    [2, 0.5, 4_000],
    [3, 0, 6_000],
    [3, 1, 10_000],
    [40, 0.5, 300_000],
  ])("after try %i (chance %f) is %i ms", (attempt, chance, ms) => {
    expect(delayAfter(attempt, chance)).toBe(ms);
  });
});
