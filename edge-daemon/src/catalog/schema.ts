/**
 * Steps of the schema, applied in order, each in a transaction with its number. A released step never
 * changes: what it got wrong is put right by the next one.
 *
 * `reference.label` names one vector for ever (AUTOINCREMENT: never used again), so an index built from the
 * table is right exactly for the labels that still exist. A reference that gets another vector gets another label.
 */
export const migrations: readonly string[] = [
  `
  create table meta (key text primary key, value text not null) strict, without rowid;

  create table product (
    sku text primary key,
    name text not null,
    folded text not null,
    unit text not null check (unit in ('each', 'weight')),
    price_minor integer not null,
    currency text not null,
    tax_rate_bp integer not null,
    gtins text not null,
    plu text,
    tare_grams integer not null,
    min_age integer,
    origin text not null check (origin in ('hq', 'store'))
  ) strict, without rowid;

  create table barcode (
    code text primary key,
    sku text not null references product (sku) on delete cascade
  ) strict, without rowid;
  create index barcode_sku on barcode (sku);

  create table reference (
    label integer primary key autoincrement,
    id text not null unique,
    sku text not null,
    origin text not null check (origin in ('hq', 'store')),
    embedder_id text not null,
    tag integer not null,
    vector blob not null
  ) strict;
  create index reference_sku on reference (sku);
  create index reference_shard on reference (embedder_id, origin, label, tag);

  insert into meta values ('lsn', '0'), ('session', '0');
  `,
  // JSON: names by language, timed prices. What headquarters sent before is as it was.
  `
  alter table product add column names text not null default '{}';
  alter table product add column prices text not null default '[]';
  alter table product add column image text;
  `,
  // digest: of the row that headquarters sent; null for what this store made. A row with a digest keeps its vector
  // as bytes. What headquarters sent before cannot be told apart by digests: the lane fetches it anew.
  `
  alter table product add column digest blob;
  alter table reference add column digest blob;

  create table trusted_key (
    id text primary key,
    public_key blob not null,
    endorsed_by text not null,
    learnt_at text not null
  ) strict, without rowid;
  create table revoked_key (id text primary key) strict, without rowid;

  insert into meta values ('epoch', '0');
  insert into meta select 'stateHash', iif(
    exists (select 1 from product where origin = 'hq') or exists (select 1 from reference where origin = 'hq'),
    'unknown', '0000000000000000000000000000000000000000000000000000000000000000');
  `,
  // What one piece weighs: products that headquarters sent before have none.
  `
  alter table product add column unit_grams integer;
  alter table product add column unit_tolerance_grams integer not null default 0;
  `,
];
