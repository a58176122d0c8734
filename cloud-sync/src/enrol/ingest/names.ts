import { basename, dirname, extname } from "node:path";

const pictures = new Set([".jpg", ".jpeg", ".png", ".webp"]);
/** Pictures that we do not take, so that they are named rather than passed over. */
const others = new Set([".heic", ".heif", ".avif", ".gif", ".bmp", ".tif", ".tiff", ".svg"]);

export type FileKind = "picture" | "otherPicture" | "noPicture";

export function fileKind(path: string): FileKind {
  const ending = extname(path).toLowerCase();
  return pictures.has(ending) ? "picture" : others.has(ending) ? "otherPicture" : "noPicture";
}

/** Hidden files, and what Macs and Windows leave beside pictures. */
export const isClutter = (path: string): boolean =>
  path.split("/").some((part) => part.startsWith(".") || part === "__MACOSX") ||
  /^(thumbs\.db|desktop\.ini)$/i.test(basename(path));

/**
 * What the product of a picture may be called: `SKU.jpg`, `SKU_2.jpg`, `SKU (2).jpg` or `SKU/anything.jpg`, where a
 * GTIN may stand for the SKU. The likeliest comes first.
 *
 * @param path within the source, divided by slashes
 */
export function namesOf(path: string): string[] {
  const name = basename(path, extname(path)).trim();
  const parent = basename(dirname(path));
  const counted = /^(.+?)(?:[_\- .]+\d{1,3}| ?\(\d{1,3}\))$/.exec(name)?.[1]?.trim();
  const names = [name, counted, parent === "." ? undefined : parent];
  return [...new Set(names.filter((n): n is string => n !== undefined && n !== ""))];
}

export const unknownKind = (path: string): string =>
  `${extname(path).slice(1).toUpperCase()} is not taken: save it as JPEG, PNG or WebP`;
