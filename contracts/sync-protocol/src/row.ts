import { Product, Sku } from "@tillsight/contracts";
import { z } from "zod";
import { decodeCbor, encodeCbor } from "./cbor.js";
import { SyncRefusedError } from "./errors.js";
import { rowDigest, sameBytes } from "./state-hash.js";
import { dequantise, isQuantised, quantise } from "./vector.js";

export interface LaneReference {
  readonly id: string;
  readonly sku: Sku;
  readonly embedderId: string;
  /** L2-normalised. */
  readonly vector: Float32Array;
}

/** What a lane stores under one key. */
export type LaneRow =
  | { readonly kind: "product"; readonly product: Product }
  | { readonly kind: "reference"; readonly reference: LaneReference };

export const productKey = (sku: string): string => `p:${sku}`;
export const referenceKey = (id: string): string => `r:${id}`;

/** `p:SKU` or `r:REFERENCE`. */
export const rowKey = (row: LaneRow): string =>
  row.kind === "product" ? productKey(row.product.sku) : referenceKey(row.reference.id);

/** A row as it travels and is hashed. */
export interface EncodedRow {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly digest: Uint8Array;
}

const units = ["each", "weight"] as const;

/**
 * Field numbers of a row. A number is never given twice; a field with its default is left out, so that a new
 * field does not change the bytes, and with them the state hash, of rows that do not use it.
 */
const field = {
  ...{ kind: 0, sku: 1, name: 2, unit: 3, priceMinor: 4, currency: 5, taxRateBp: 6, gtins: 7, plu: 8 },
  ...{ tareGrams: 9, minAge: 10, names: 11, prices: 12, image: 13, id: 14, vector: 15 },
  ...{ unitGrams: 16, unitToleranceGrams: 17 },
} as const;

const kinds = { product: 0, reference: 1 } as const;

function productFields(p: Product): Map<number, unknown> {
  const all: [number, unknown, boolean][] = [
    [field.kind, kinds.product, true],
    [field.sku, p.sku, true],
    [field.name, p.name, true],
    [field.unit, units.indexOf(p.unit), p.unit !== "each"],
    [field.priceMinor, p.price.minor, true],
    [field.currency, p.price.currency, true],
    [field.taxRateBp, p.taxRateBp, p.taxRateBp !== 0],
    [field.gtins, p.gtins, p.gtins.length > 0],
    [field.plu, p.plu, p.plu !== null],
    [field.tareGrams, p.tareGrams, p.tareGrams !== 0],
    [field.minAge, p.minAge, p.minAge !== null],
    [field.names, p.names, Object.keys(p.names).length > 0],
    [field.prices, p.prices.map(timedPrice), p.prices.length > 0],
    [field.image, p.image, p.image !== null],
    [field.unitGrams, p.unitGrams, p.unitGrams !== null],
    [field.unitToleranceGrams, p.unitToleranceGrams, p.unitToleranceGrams !== 0],
  ];
  return new Map(all.filter(([, , present]) => present).map(([number, value]) => [number, value]));
}

const timedPrice = ({ price, validFrom, validUntil }: Product["prices"][number]) => [
  ...[price.minor, price.currency, validFrom, validUntil],
];

function fieldsOf(row: LaneRow): Map<number, unknown> {
  if (row.kind === "product") return productFields(row.product);
  const { id, sku, vector } = row.reference;
  const codes = quantise(vector);
  return new Map<number, unknown>([
    [field.kind, kinds.reference],
    [field.sku, sku],
    [field.id, id],
    [field.vector, new Uint8Array(codes.buffer)],
  ]);
}

/** Canonical bytes. The embedder is not in them: the message that carries the row names it once. */
export const encodeRow = (row: LaneRow): Uint8Array => encodeCbor(fieldsOf(row));

export function encodeWithDigest(row: LaneRow): EncodedRow {
  const key = rowKey(row);
  const bytes = encodeRow(row);
  return { key, bytes, digest: rowDigest(key, bytes) };
}

const TimedPriceFields = z.tuple([z.int(), z.string(), z.string(), z.string().nullable()]);
const ReferenceId = z.string().min(1).max(64);
const known: ReadonlySet<number> = new Set(Object.values(field));

function toProduct(fields: ReadonlyMap<number, unknown>): Product {
  const prices = z.array(TimedPriceFields).parse(fields.get(field.prices) ?? []);
  const names = fields.get(field.names);
  return Product.parse({
    sku: fields.get(field.sku),
    name: fields.get(field.name),
    names: names instanceof Map ? Object.fromEntries(names) : {},
    unit: units[z.int().parse(fields.get(field.unit) ?? 0)],
    price: { minor: fields.get(field.priceMinor), currency: fields.get(field.currency) },
    prices: prices.map(([minor, currency, validFrom, validUntil]) => ({
      ...{ price: { minor, currency }, validFrom, validUntil },
    })),
    taxRateBp: fields.get(field.taxRateBp) ?? 0,
    gtins: fields.get(field.gtins) ?? [],
    plu: fields.get(field.plu) ?? null,
    tareGrams: fields.get(field.tareGrams) ?? 0,
    minAge: fields.get(field.minAge) ?? null,
    image: fields.get(field.image) ?? null,
    unitGrams: fields.get(field.unitGrams) ?? null,
    unitToleranceGrams: fields.get(field.unitToleranceGrams) ?? 0,
  });
}

function toReference(fields: ReadonlyMap<number, unknown>, embedderId: string): LaneReference {
  const bytes = z.instanceof(Uint8Array).parse(fields.get(field.vector));
  // A copy: what came from the network shares its memory with the whole message.
  const codes = new Int8Array(bytes.slice().buffer);
  if (!isQuantised(codes)) throw new SyncRefusedError("unreadableRow", "its vector is not scaled to 127");
  const sku = Sku.parse(fields.get(field.sku));
  return { id: ReferenceId.parse(fields.get(field.id)), sku, embedderId, vector: dequantise(codes) };
}

function parse(bytes: Uint8Array, embedderId: string): LaneRow {
  const fields = decodeCbor(bytes, true);
  if (!(fields instanceof Map)) throw new SyncRefusedError("unreadableRow", "a row is no map");
  for (const number of fields.keys())
    if (!known.has(number)) throw new SyncRefusedError("unreadableRow", `field ${number} is not known here`);
  const kind = fields.get(field.kind);
  if (kind === kinds.product) return { kind: "product", product: toProduct(fields) };
  if (kind === kinds.reference) return { kind: "reference", reference: toReference(fields, embedderId) };
  throw new SyncRefusedError("unreadableRow", `rows of kind ${String(kind)} are not known here`);
}

/**
 * A row and its digest. Bytes that are not the canonical ones are refused: what the lane counts later from its
 * own tables has to give the same digest.
 *
 * @throws SyncRefusedError("unreadableRow")
 */
export function decodeRow(bytes: Uint8Array, embedderId: string): { row: LaneRow; encoded: EncodedRow } {
  let row: LaneRow;
  try {
    row = parse(bytes, embedderId);
  } catch (cause) {
    if (cause instanceof SyncRefusedError && cause.reason === "unreadableRow") throw cause;
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const detail = issue ? `${issue.path.join(".")}: ${issue.message}` : String(cause);
    throw new SyncRefusedError("unreadableRow", detail, { cause });
  }
  const key = rowKey(row);
  if (!sameBytes(encodeRow(row), bytes))
    throw new SyncRefusedError("unreadableRow", `row ${key} is not in its canonical form`);
  return { row, encoded: { key, bytes, digest: rowDigest(key, bytes) } };
}

/** Taken apart: `{kind: "product", name: SKU}` or `{kind: "reference", name: id}`. @throws SyncRefusedError */
export function parseKey(key: string): { readonly kind: LaneRow["kind"]; readonly name: string } {
  const name = key.slice(2);
  if (key.startsWith("p:") && Sku.safeParse(name).success) return { kind: "product", name };
  if (key.startsWith("r:") && ReferenceId.safeParse(name).success) return { kind: "reference", name };
  throw new SyncRefusedError("unreadableRow", `"${key}" is no key of a row`);
}
