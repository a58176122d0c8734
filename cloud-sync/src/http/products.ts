import { Money, Product, Sku } from "@tillsight/contracts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { NotFoundError } from "../errors.js";
import { actorOf } from "./authenticate.js";
import { requireThat } from "./problem.js";
import type { ServerParts } from "./server.js";

const Params = z.object({ sku: Sku });
const Query = z.object({
  search: z.string().max(120).default(""),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
const PriceBody = z.strictObject({ price: Money });
/** Everything that a till needs not know may be left out. */
const ProductBody = Product.partial({ sku: true }).extend({
  gtins: Product.shape.gtins.default([]),
  plu: Product.shape.plu.default(null),
  tareGrams: Product.shape.tareGrams.default(0),
  minAge: Product.shape.minAge.default(null),
});

/** `/api/products`: read, put, price, remove. */
export function productRoutes(app: FastifyInstance, parts: ServerParts): void {
  const { catalog } = parts;
  const skuOf = (request: FastifyRequest) => Params.parse(request.params).sku;

  app.get("/api/products", async (request) => {
    const { search, ...page } = Query.parse(request.query);
    return catalog.search(search, page);
  });

  app.get("/api/products/:sku", async (request) => {
    const sku = skuOf(request);
    const product = await catalog.product(sku);
    if (!product)
      throw new NotFoundError(`there is no product ${sku}`, "Search for it: GET /api/products?search=…");
    return product;
  });

  app.put("/api/products/:sku", async (request) => {
    const sku = skuOf(request);
    const body = ProductBody.parse(request.body);
    requireThat(
      body.sku === undefined || body.sku === sku,
      "the SKU of the body is not the one of the address",
      "Leave it out of the body.",
    );
    requirePrice(body.price);
    const product: Product = { ...body, sku };
    return { product, ...(await catalog.putProduct(product, actorOf(request))) };
  });

  app.put("/api/products/:sku/price", async (request) => {
    const sku = skuOf(request);
    const { price } = PriceBody.parse(request.body);
    requirePrice(price);
    return { sku, price, ...(await catalog.setPrice(sku, price, actorOf(request))) };
  });

  app.delete("/api/products/:sku", async (request) =>
    catalog.removeProduct(skuOf(request), actorOf(request)),
  );
}

const requirePrice = (price: Money) =>
  requireThat(price.minor >= 0, "the price is negative", "Give the price in minor units, 0 or more.");
