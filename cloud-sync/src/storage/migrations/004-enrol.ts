import type { Migration } from "../migrate.js";

/** Photos on their way to becoming references: one job a photo, jobs that came together in one batch. */
export const enrol: Migration = {
  sql: `
  create table enrol_batch (
    id uuid primary key,
    label text not null,
    actor text not null,
    created_at timestamptz not null default now()
  );
  create index enrol_batch_created on enrol_batch (created_at);

  -- The job's id becomes the id of the reference. No key to product: it may go while the photo waits.
  create table enrol_job (
    id uuid primary key,
    batch uuid not null references enrol_batch on delete cascade,
    n bigint generated always as identity,
    sku text collate "C" not null,
    source text not null,
    -- One of both at least: an object id, or where the picture is to be fetched.
    photo text collate "C",
    url text,
    state text not null check (state in ('queued', 'running', 'enrolled', 'held', 'refused', 'dead')),
    -- A person has looked at it and wants it.
    forced boolean not null default false,
    attempts int not null default 0,
    due_at timestamptz not null default now(),
    worker uuid,
    lease_until timestamptz,
    verdict jsonb,
    failure jsonb,
    lsn bigint,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    check (photo is not null or url is not null)
  );
  create unique index enrol_job_n on enrol_job (n);
  create index enrol_job_due on enrol_job (due_at, n) where state = 'queued';
  create index enrol_job_lease on enrol_job (lease_until) where state = 'running';
  create index enrol_job_state on enrol_job (state, n);
  create index enrol_job_batch on enrol_job (batch, n);
  create index enrol_job_sku on enrol_job (sku, n);
  `,
};
