import { type Money, NodeName, Product, Sku, type TimedPrice } from "@tillsight/contracts";
import { z } from "zod";
import { Override } from "../override.js";
import { canonicalOverride, canonicalProduct, type FieldError, priceErrors } from "../rules.js";
import { MoneyOrAmount, toMoney } from "./amount.js";

const TimedPatch = z.strictObject({
  price: MoneyOrAmount,
  validFrom: z.iso.datetime({ offset: true }),
  validUntil: z.iso.datetime({ offset: true }).nullable().default(null),
});

const prices = { price: MoneyOrAmount.optional(), prices: z.array(TimedPatch).max(64).optional() };
/** Null takes a language's name away; languages that are not named stay. */
const names = z.record(z.string().max(35), z.string().max(120).nullable()).optional();

/** One line about a product. What is left out stays as it is; a new product needs name, unit, price and tax. */
export const ProductPatch = Product.omit({
  ...{ names: true, price: true, prices: true, image: true, unitGrams: true, unitToleranceGrams: true },
})
  .partial()
  .extend({
    ...{ sku: Sku, names, ...prices, image: Product.shape.image.unwrap().optional() },
    unitGrams: Product.shape.unitGrams.unwrap().optional(),
    unitToleranceGrams: Product.shape.unitToleranceGrams.unwrap().optional(),
  });
export type ProductPatch = z.infer<typeof ProductPatch>;

/** One line about what a store does otherwise; what is left out stays as it is. */
export const OverridePatch = z.strictObject({
  ...{ store: NodeName, sku: Sku, available: z.boolean().optional() },
  ...{ name: z.string().min(1).max(120).nullable().optional(), names, ...prices },
  price: MoneyOrAmount.nullable().optional(),
});
export type OverridePatch = z.infer<typeof OverridePatch>;

export type Patched<T> = { readonly value: T } | { readonly errors: readonly FieldError[] };

/** The product after the line. `currency`: of amounts that name none, where the product is new. */
export function patchProduct(
  current: Product | undefined,
  patch: ProductPatch,
  currency?: string,
): Patched<Product> {
  const money = patchPrices(patch, current?.price.currency ?? currency);
  if ("errors" in money) return money;
  const missing = current
    ? []
    : (["name", "unit", "price", "taxRateBp"] as const).filter((field) => patch[field] === undefined);
  if (missing.length > 0)
    return { errors: missing.map((field) => ({ field, message: "is missing: a new product needs it" })) };
  const { price = current?.price, prices = current?.prices ?? [] } = money.value;
  const empty = {
    gtins: [],
    plu: null,
    tareGrams: 0,
    unitGrams: null,
    unitToleranceGrams: 0,
    minAge: null,
    image: null,
  };
  const parsed = Product.safeParse({
    ...{ ...empty, ...current, ...patch, price, prices },
    names: patchNames(current?.names, patch.names),
  });
  if (!parsed.success) return { errors: issuesOf(parsed.error) };
  const value = canonicalProduct(parsed.data);
  const errors = priceErrors(value.price, value.prices);
  return errors.length > 0 ? { errors } : { value };
}

/** What the store does otherwise after the line; `product` is what the chain sells. */
export function patchOverride(
  current: Override | undefined,
  { store, sku, ...patch }: OverridePatch,
  product: Product,
): Patched<Override> {
  const { price: own, ...rest } = patch;
  const money = patchPrices({ ...rest, ...(own ? { price: own } : {}) }, product.price.currency);
  if ("errors" in money) return money;
  const price = own === null ? null : (money.value.price ?? current?.price ?? null);
  const parsed = Override.safeParse({
    ...{ ...current, ...patch, price, prices: money.value.prices ?? current?.prices ?? [] },
    names: patchNames(current?.names, patch.names),
  });
  if (!parsed.success) return { errors: issuesOf(parsed.error) };
  const value = canonicalOverride(parsed.data);
  const errors = priceErrors(value.price ?? product.price, value.prices);
  return errors.length > 0 ? { errors } : { value };
}

function patchNames(
  current: Readonly<Record<string, string>> | undefined,
  patch: Readonly<Record<string, string | null>> | undefined,
): Record<string, string> {
  const merged = Object.entries({ ...current, ...patch });
  return Object.fromEntries(merged.filter((entry): entry is [string, string] => entry[1] !== null));
}

const startOf = (price: TimedPrice) => Date.parse(price.validFrom);

function patchPrices(
  patch: Pick<ProductPatch, "price" | "prices">,
  currency: string | undefined,
): Patched<{ price?: Money; prices?: TimedPrice[] }> {
  const errors: FieldError[] = [];
  const read = (field: string, amount: z.infer<typeof MoneyOrAmount>): Money => {
    const money = toMoney(amount, currency);
    if (typeof money !== "string") return money;
    errors.push({ field, message: money });
    return { minor: 0, currency: "XXX" };
  };
  const price = patch.price && read("price", patch.price);
  const utc = (iso: string) => new Date(iso).toISOString();
  const prices = patch.prices
    ?.map(({ price, validFrom, validUntil }, i) => ({
      price: read(`prices.${i}`, price),
      validFrom: utc(validFrom),
      validUntil: validUntil === null ? null : utc(validUntil),
    }))
    .sort((a, b) => startOf(a) - startOf(b));
  if (errors.length > 0) return { errors };
  return { value: { ...(price ? { price } : {}), ...(prices ? { prices } : {}) } };
}

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return `nobody knows ${issue.keys.join(", ")}`;
  if (issue.code === "invalid_union" && issue.path.includes("price")) return "is no amount";
  return issue.message;
}

export const issuesOf = (error: z.ZodError): FieldError[] =>
  error.issues.map((issue) => ({ field: issue.path.join("."), message: messageOf(issue) }));
