/** A picture on its way: for which product, as far as its name tells. */
export interface Guess {
  readonly file: File;
  /** Keys that its name may stand for, the longest first. */
  readonly keys: readonly string[];
}

/** Kinds that headquarters takes, and bytes at most. */
export const photoTypes = ["image/jpeg", "image/png", "image/webp"] as const;
export const maxPhotoBytes = 12 * 1024 * 1024;

/** A ZIP of photos; browsers do not agree on its type. */
export const isZip = ({ name }: Pick<File, "name">): boolean => /\.zip$/i.test(name);

export type Refusal = "type" | "size" | null;

/** What can be told of a file before it is sent. */
export function refusalOfFile({ type, size }: Pick<File, "type" | "size">): Refusal {
  if (!photoTypes.some((known) => known === type)) return "type";
  return size > maxPhotoBytes ? "size" : null;
}

/** SKUs or barcodes that a file name may begin with: `mug-red_2.jpg` is of `mug-red_2`, `mug-red` or `mug`. */
export function keysOfName(name: string): string[] {
  const stem = name.replace(/\.[A-Za-z0-9]+$/, "").trim();
  const keys = [stem];
  for (let cut = stem; ; ) {
    const at = Math.max(
      cut.lastIndexOf("_"),
      cut.lastIndexOf("-"),
      cut.lastIndexOf(" "),
      cut.lastIndexOf("("),
    );
    if (at <= 0) break;
    cut = cut.slice(0, at).trimEnd();
    keys.push(cut);
  }
  return keys.filter((key) => /^[A-Za-z0-9._-]{1,32}$/.test(key));
}
