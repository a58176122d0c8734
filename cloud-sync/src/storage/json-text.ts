/**
 * Text that PostgreSQL can hold: it takes neither NUL nor half a surrogate pair, and one lane's odd character must
 * not stop everything behind it.
 */
export const storableText = (text: string): string =>
  Buffer.from(text.replaceAll("\0", "\ufffd"), "utf8").toString("utf8");

/** JSON for a `jsonb` column, every text in it storable. */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (typeof part === "string" ? storableText(part) : part));
