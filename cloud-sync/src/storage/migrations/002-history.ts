import { Product } from "@tillsight/contracts";
import { namesKey, searchText, vocabularyOf } from "../../catalog/search-text.js";
import type { Sql } from "../database.js";
import type { Migration } from "../migrate.js";

/**
 * The log becomes history: each change with its key, before and after, so that any LSN's state can be told from it.
 * The first release did not log what a removal took along, so its log cannot be told from: the catalog of that day is
 * logged anew, under new LSNs.
 */
export const history: Migration = {
  sql: `
  create extension if not exists pg_trgm;

  create table store (
    name text collate "C" primary key,
    label text not null,
    created_at timestamptz not null default now()
  );

  alter table product rename to product_1;
  alter table reference rename to reference_1;
  alter table reference_1 rename constraint reference_pkey to reference_1_pkey;
  alter table product_1 rename constraint product_pkey to product_1_pkey;
  drop index reference_sku;
  drop table barcode, change;

  create table product (
    sku text collate "C" primary key,
    body jsonb not null,
    lsn bigint not null
  );

  -- Apart from the product, so that a new price does not touch the indexes of its words. text: folded name, names, SKU
  -- and barcodes. name_key: folded name, to order by.
  create table product_search (
    sku text collate "C" primary key references product on delete cascade,
    name_key text collate "C" not null,
    text text collate "C" not null,
    words tsvector generated always as (to_tsvector('simple', text)) stored
  );
  create index product_search_name on product_search (name_key, sku);
  create index product_search_words on product_search using gin (words);
  create index product_search_text on product_search using gin (text gin_trgm_ops);

  -- Every word of letters that was ever searched by: a misspelt one is looked up here, which is small, not in the texts.
  create table search_word (word text collate "C" primary key);
  create index search_word_like on search_word using gin (word gin_trgm_ops);

  create table barcode (
    code text collate "C" primary key,
    sku text collate "C" not null references product on delete cascade
  );
  create index barcode_sku on barcode (sku);

  create table override (
    store text collate "C" not null references store,
    sku text collate "C" not null references product on delete cascade,
    body jsonb not null,
    lsn bigint not null,
    primary key (store, sku)
  );
  create index override_sku on override (sku);

  -- vector: little-endian f32.
  create table reference (
    id text collate "C" primary key,
    sku text collate "C" not null references product on delete cascade,
    embedder_id text not null,
    vector bytea not null,
    photo text,
    lsn bigint not null
  );
  create index reference_sku on reference (sku);

  -- Append-only: audit, and source of the feed. key: p:SKU, r:REFERENCE or o:STORE:SKU. embedder_id and vector are of
  -- after; those of before are in the key's change before this one.
  create table change (
    lsn bigint primary key,
    key text collate "C" not null,
    kind text not null check (kind in ('product', 'reference', 'override')),
    sku text collate "C" not null,
    store text collate "C",
    actor text not null,
    source text,
    at timestamptz not null default now(),
    before jsonb,
    after jsonb,
    embedder_id text,
    vector bytea
  );
  create index change_key on change (key, lsn);
  create index change_sku on change (sku, lsn);
  create index change_at on change (at);

  create table import (
    id uuid primary key,
    kind text not null,
    file text not null,
    actor text not null,
    state text not null,
    report jsonb not null,
    started_at timestamptz not null default now(),
    finished_at timestamptz
  );
  create index import_started on import (started_at);

  -- Rows on their way in: nothing of value when the server falls, so not logged.
  create unlogged table import_row (
    import uuid not null references import on delete cascade,
    row int not null,
    key text collate "C" not null,
    body jsonb not null,
    primary key (import, row)
  );
  create unique index import_row_key on import_row (import, key);

  create table import_error (
    import uuid not null references import on delete cascade,
    row int not null,
    field text not null,
    message text not null
  );
  create index import_error_row on import_error (import, row);
  `,
  async after(tx) {
    await copyProducts(tx);
    await tx.script(`
      insert into barcode (code, sku)
        select distinct on (code) code, sku from (
          select 'g' || lpad(g, 14, '0') as code, sku
            from product, jsonb_array_elements_text(body->'gtins') as g
          union all select 'p' || ltrim(body->>'plu', '0'), sku from product where body->>'plu' is not null
        ) as codes order by code, sku;
      insert into reference select id, sku, embedder_id, vector, photo, 0 from reference_1;
      drop table reference_1, product_1;

      insert into change (lsn, key, kind, sku, actor, after, embedder_id, vector)
        select (select lsn from catalog_state) + row_number() over (order by step, key),
          key, kind, sku, 'schema 2', after, embedder_id, vector
        from (
          select 1 as step, 'p:' || sku as key, 'product' as kind, sku, body as after,
            null::text as embedder_id, null::bytea as vector from product
          union all
          select 2, 'r:' || id, 'reference', sku,
            jsonb_build_object('id', id, 'sku', sku, 'embedderId', embedder_id, 'photo', photo),
            embedder_id, vector from reference
        ) as live;
      update product set lsn = change.lsn from change where change.key = 'p:' || product.sku;
      update reference set lsn = change.lsn from change where change.key = 'r:' || reference.id;
      update catalog_state set lsn = greatest(lsn, coalesce((select max(lsn) from change), 0));
    `);
  },
};

/** In JavaScript, because PostgreSQL cannot fold names as we do. */
async function copyProducts(tx: Sql): Promise<void> {
  const { rows } = await tx.query<{ body: unknown }>("select body from product_1");
  for (const row of rows) {
    const product = Product.parse(row.body);
    await tx.query("insert into product (sku, body, lsn) values ($1, $2::jsonb, 0)", [
      product.sku,
      JSON.stringify(product),
    ]);
    await tx.query("insert into product_search (sku, name_key, text) values ($1, $2, $3)", [
      ...[product.sku, namesKey(product), searchText(product)],
    ]);
    await tx.query("insert into search_word select unnest($1::text[]) on conflict do nothing", [
      vocabularyOf([searchText(product)]),
    ]);
  }
}
