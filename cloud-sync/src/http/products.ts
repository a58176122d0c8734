import { Money, Product, Sku } from "@tillsight/contracts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { canonicalProduct } from "../catalog/rules.js";
import { NotFoundError } from "../errors.js";
import { actorOf } from "./authenticate.js";
import { etagOf, guardOf } from "./etag.js";
import { requireThat } from "./problem.js";
import type { ServerParts } from "./server.js";

const Params = z.object({ sku: Sku });
const Query = z.object({
  search: z.string().max(120).default(""),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .optional()
    .meta({ description: "The `next` of the page before" }),
});
const PriceBody = z.strictObject({ price: Money });
/** Everything that a till needs not know may be left out. */
const ProductBody = Product.partial({ sku: true }).extend({
  gtins: Product.shape.gtins.default([]),
  plu: Product.shape.plu.default(null),
  tareGrams: Product.shape.tareGrams.default(0),
  minAge: Product.shape.minAge.default(null),
});

export const productSchemas = { Params, Query, PriceBody, ProductBody };

/** `/api/products`: read, put, price, remove. */
export function productRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { catalog } = parts;
  const skuOf = (request: FastifyRequest) => Params.parse(request.params).sku;

  app.get("/api/products", async (request) => {
    const { search, limit, offset, after = offset } = Query.parse(request.query);
    const found = await catalog.search(search, { limit, offset: after });
    return { ...found, next: found.more ? after + limit : null };
  });

  app.get("/api/products/:sku", async (request, reply) => {
    const sku = skuOf(request);
    const product = await catalog.product(sku);
    if (!product)
      throw new NotFoundError(`there is no product ${sku}`, "Search for it: GET /api/products?search=…");
    reply.header("etag", etagOf(product));
    return product;
  });

  app.put("/api/products/:sku", async (request, reply) => {
    const sku = skuOf(request);
    const body = ProductBody.parse(request.body);
    requireThat(
      body.sku === undefined || body.sku === sku,
      "the SKU of the body is not the one of the address",
      "Leave it out of the body.",
    );
    requirePrice(body.price);
    const product = canonicalProduct({ ...body, sku });
    const result = await catalog.putProduct(product, actorOf(request), guardOf(request));
    reply.header("etag", etagOf(product));
    return { product, ...result };
  });

  app.put("/api/products/:sku/price", async (request) => {
    const sku = skuOf(request);
    const { price } = PriceBody.parse(request.body);
    requirePrice(price);
    return { sku, price, ...(await catalog.setPrice(sku, price, actorOf(request), guardOf(request))) };
  });

  app.delete("/api/products/:sku", async (request) =>
    catalog.removeProduct(skuOf(request), actorOf(request), guardOf(request)),
  );
}

const requirePrice = (price: Money) =>
  requireThat(price.minor >= 0, "the price is negative", "Give the price in minor units, 0 or more.");
