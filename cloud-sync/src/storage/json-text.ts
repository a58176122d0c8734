/**
 * JSON for a `jsonb` column. PostgreSQL takes neither NUL nor half a surrogate pair in a text, and one lane's odd
 * character must not stop everything behind it.
 */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "string" ? Buffer.from(part.replaceAll("\0", "\ufffd"), "utf8").toString("utf8") : part,
  );
