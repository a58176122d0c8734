import { Product } from "@tillsight/contracts";
import type { Database, Sql, SqlValue } from "../storage/database.js";
import { codeOf } from "./rules.js";
import { fold, likeLiteral } from "./search-text.js";

export interface SearchOptions {
  /** 1 to 500. */
  readonly limit: number;
  /** How many to pass over, for the next page. */
  readonly offset?: number;
}

export interface SearchResult {
  readonly products: readonly Product[];
  /** Nothing holds all the words: these are written alike. */
  readonly similar: boolean;
  /** There is another page. */
  readonly more: boolean;
}

/** Word similarity of pg_trgm, 0..1, from which a misspelt word is taken for another; found by trying typical slips. */
const similarFrom = 0.4;

/**
 * Products that hold every word of `text` (all, when it is empty) in a name of any language, SKU or barcode, accents
 * and case aside. What is searched by its number comes first, then names that begin so, then by name. When there is
 * none, those written alike.
 */
export async function searchProducts(
  db: Database,
  text: string,
  options: SearchOptions,
): Promise<SearchResult> {
  const folded = fold(text).trim();
  const found = await page(db, options, matching(folded, text.trim()));
  if (found.products.length > 0 || folded.length < 3 || (options.offset ?? 0) > 0)
    return { ...found, similar: false };
  const similar = await db.transaction(async (tx) => {
    await tx.query("select set_config('pg_trgm.word_similarity_threshold', $1, true)", [String(similarFrom)]);
    return page(tx, options, {
      ...{ where: "$1 <% search", order: "word_similarity($1, search) desc", values: [folded] },
    });
  });
  return { ...similar, similar: true };
}

interface Condition {
  readonly where: string;
  readonly order: string;
  readonly values: readonly SqlValue[];
}

function matching(folded: string, text: string): Condition {
  if (folded === "") return { where: "true", order: "name_key", values: [] };
  const values: SqlValue[] = [text, codeOf(text) ?? null, `${likeLiteral(folded)}%`];
  const words = folded.split(/\s+/).map((word) => {
    // The index of trigrams knows nothing below three letters: short words are looked up as beginnings of words.
    const short = /^[\p{L}\p{N}]{1,2}$/u.test(word);
    values.push(short ? `${word}:*` : `%${likeLiteral(word)}%`);
    return short ? `words @@ to_tsquery('simple', $${values.length})` : `search like $${values.length}`;
  });
  return {
    where: `(${words.join(" and ")} or sku = (select sku from barcode where code = $2))`,
    order: `case when sku = $1 or sku = (select sku from barcode where code = $2) then 0
      when search like $3 then 1 else 2 end`,
    values,
  };
}

async function page(
  sql: Sql,
  { limit, offset = 0 }: SearchOptions,
  { where, order, values }: Condition,
): Promise<Omit<SearchResult, "similar">> {
  const { rows } = await sql.query<{ body: unknown }>(
    `select body from product where ${where} order by ${order}, name_key, sku
     limit $${values.length + 1} offset $${values.length + 2}`,
    [...values, limit + 1, offset],
  );
  return {
    products: rows.slice(0, limit).map((row) => Product.parse(row.body)),
    more: rows.length > limit,
  };
}
