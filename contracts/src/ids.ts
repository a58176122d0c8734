import { z } from "zod";

/** Identifies one line item from camera to till to headquarters; a UUID, made once when the line is born. */
export const LineItemId = z.uuid().brand<"LineItemId">();
export type LineItemId = z.infer<typeof LineItemId>;

/** Identifies one shopper's visit at one lane. */
export const TransactionId = z.uuid().brand<"TransactionId">();
export type TransactionId = z.infer<typeof TransactionId>;

/** The store's own article key, 1 to 32 printable characters without blanks. */
export const Sku = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,32}$/, "a SKU has 1 to 32 letters, digits, dots, dashes or underscores")
  .brand<"Sku">();
export type Sku = z.infer<typeof Sku>;

/** GS1 mod-10 check digit of a GTIN without it (GS1 General Specifications, 7.9). */
export function gtinCheckDigit(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const weight = (digits.length - i) % 2 === 1 ? 3 : 1;
    sum += Number(digits[i]) * weight;
  }
  return (10 - (sum % 10)) % 10;
}

/** GTIN-8, -12, -13 or -14 with a right check digit. */
export const Gtin = z
  .string()
  .regex(/^(\d{8}|\d{12,14})$/, "a GTIN has 8, 12, 13 or 14 digits")
  .refine((g) => gtinCheckDigit(g.slice(0, -1)) === Number(g.at(-1)), "the GTIN's check digit is wrong")
  .brand<"Gtin">();
export type Gtin = z.infer<typeof Gtin>;

/** IFPS price look-up code of loose produce, 4 or 5 digits. */
export const Plu = z
  .string()
  .regex(/^\d{4,5}$/, "a PLU has 4 or 5 digits")
  .brand<"Plu">();
export type Plu = z.infer<typeof Plu>;

/** Log sequence number of the catalog: every change at headquarters takes the next one. 0 = nothing yet. */
export const Lsn = z.int().min(0);
export type Lsn = z.infer<typeof Lsn>;

/** Names a store or a terminal in topics: no MQTT wildcard, no slash. */
export const NodeName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "lower-case letters, digits and dashes");
export type NodeName = z.infer<typeof NodeName>;
