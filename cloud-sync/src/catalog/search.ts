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

/** Words that one misspelt word is taken for, at most. */
const guesses = 4;

/**
 * Products that hold every word of `text` (all, when it is empty) in a name of any language, SKU or barcode, accents
 * and case aside. What is searched by its number comes first, then names that begin so, then by name. When there is
 * none, those with words written alike.
 */
export async function searchProducts(
  db: Database,
  text: string,
  options: SearchOptions,
): Promise<SearchResult> {
  const folded = fold(text).trim();
  const found = await page(db, options, matching(folded, text.trim(), await skuOfCode(db, text.trim())));
  if (found.products.length > 0 || (options.offset ?? 0) > 0) return { ...found, similar: false };
  const alike = await writtenAlike(db, folded);
  return alike ? { ...(await page(db, options, alike)), similar: true } : { ...found, similar: false };
}

interface Condition {
  readonly where: string;
  readonly order: string;
  readonly values: readonly SqlValue[];
}

async function skuOfCode(sql: Sql, text: string): Promise<string | null> {
  const code = codeOf(text);
  if (code === undefined) return null;
  const { rows } = await sql.query<{ sku: string }>("select sku from barcode where code = $1", [code]);
  return rows[0]?.sku ?? null;
}

function matching(folded: string, text: string, ofCode: string | null): Condition {
  if (folded === "") return { where: "true", order: "name_key", values: [] };
  const values: SqlValue[] = [text, ofCode, `${likeLiteral(folded)}%`];
  const words = folded.split(/\s+/).map((word) => {
    // The index of trigrams knows nothing below three letters: short words are looked up as beginnings of words.
    const short = /^[\p{L}\p{N}]{1,2}$/u.test(word);
    values.push(short ? `${word}:*` : `%${likeLiteral(word)}%`);
    return short ? `words @@ to_tsquery('simple', $${values.length})` : `text like $${values.length}`;
  });
  return {
    // Only for a barcode: an `or` keeps the planner from the index of the words.
    where: ofCode === null ? words.join(" and ") : `(${words.join(" and ")} or sku = $2)`,
    order: "case when sku = $1 or sku = $2::text then 0 when text like $3 then 1 else 2 end",
    values,
  };
}

/** The words as they are or as words of the vocabulary; null when none of them is like one. */
async function writtenAlike(sql: Sql, folded: string): Promise<Condition | null> {
  const words = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
  const { rows } = await sql.query<{ asked: string; word: string }>(
    `select asked.word as asked, near.word
     from unnest($1::text[]) as asked (word)
     cross join lateral (select word from search_word where search_word.word % asked.word
       order by similarity(search_word.word, asked.word) desc, word limit ${guesses}) as near`,
    [words.filter((word) => /^\p{L}{4,}$/u.test(word))],
  );
  if (rows.length === 0) return null;
  const alike = (word: string) => rows.flatMap(({ asked, word: near }) => (asked === word ? [near] : []));
  const query = words.map((word) => `(${[`${word}:*`, ...alike(word)].join(" | ")})`).join(" & ");
  return { where: "words @@ to_tsquery('simple', $1)", order: "name_key", values: [query] };
}

async function page(
  sql: Sql,
  { limit, offset = 0 }: SearchOptions,
  { where, order, values }: Condition,
): Promise<Omit<SearchResult, "similar">> {
  const { rows } = await sql.query<{ body: unknown }>(
    `select body from product_search join product using (sku) where ${where} order by ${order}, name_key, sku
     limit $${values.length + 1} offset $${values.length + 2}`,
    [...values, limit + 1, offset],
  );
  return {
    products: rows.slice(0, limit).map((row) => Product.parse(row.body)),
    more: rows.length > limit,
  };
}
