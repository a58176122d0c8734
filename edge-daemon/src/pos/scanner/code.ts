import { Gtin, type TillMessage } from "@tillsight/contracts";

/** Longest code: a SKU of 32 characters. */
export const MAX_CODE = 32;

/**
 * AIM symbology identifiers (ISO/IEC 15424) that a scanner would put before such codes: ]E0 EAN-13 and UPC-A
 * (always 13 digits), ]E4 EAN-8, ]I1 ITF-14 with its check digit verified and sent, ]C0 Code 128 for PLU and SKU.
 */
export const AIM_IDS: readonly string[] = ["]E0", "]E4", "]I1", "]C0"];

const looksLikeGtin = (code: string): boolean => /^(\d{8}|\d{12,14})$/.test(code);

/**
 * Whether a till can take this for a code: letters, digits, dot, dash, underscore; 1 to 32. Digits of a GTIN's
 * length must have a GTIN's check digit, or a till could not tell a damaged GTIN from a SKU.
 */
export function isScanCode(code: string): boolean {
  if (!/^[A-Za-z0-9._-]{1,32}$/.test(code)) return false;
  return !looksLikeGtin(code) || Gtin.safeParse(code).success;
}

export function aimOf(code: string): string {
  if (!looksLikeGtin(code)) return "]C0";
  if (code.length === 8) return "]E4";
  return code.length === 14 ? "]I1" : "]E0";
}

/** Whether identifier and code agree; ]E0 has 13 digits. */
export function codeFitsAim(aim: string, code: string): boolean {
  return aim === "]E0" ? looksLikeGtin(code) && code.length === 13 : aimOf(code) === aim;
}

/** What a scanner would read on this item: GTIN first, else PLU, else the store's own SKU. */
export function codeOf(item: Extract<TillMessage, { kind: "item" }>): string {
  return item.gtin ?? item.plu ?? item.sku;
}
