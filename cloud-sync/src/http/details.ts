import { Sku } from "@tillsight/contracts";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { readDetails, readHeads } from "../catalog/details.js";
import { NotFoundError } from "../errors.js";
import { actorOf } from "./authenticate.js";
import { pictureOf } from "./enrol-view.js";
import type { ServerParts } from "./server.js";

/** Most products of one call. */
const most = 200;
const Keys = z.strictObject({
  keys: z
    .string()
    .max(most * 33)
    .transform((text) => text.split(",").filter((key) => key !== ""))
    .pipe(z.array(z.string().max(32)).max(most)),
});
const ReferenceParams = z.object({ sku: Sku, id: z.string().min(1).max(64) });

export const detailSchemas = { Keys, ReferenceParams };

/** What pages need of many products at once, how far stores were told, and pictures that lanes know a product by. */
export function detailRoutes(app: FastifyInstance, { catalog, db }: ServerParts): void {
  app.get("/api/product-details", async (request) => {
    const details = await readDetails(db, Keys.parse(request.query).keys);
    return { details: details.map(({ picture, ...detail }) => ({ ...detail, picture: pictureOf(picture) })) };
  });

  app.get("/api/heads", async () => ({ ...(await catalog.state()), stores: await readHeads(db) }));

  app.get("/api/products/:sku/references", async (request) => {
    const { sku } = ReferenceParams.pick({ sku: true }).parse(request.params);
    const references = await catalog.referencesOf(sku);
    return { references: references.map(({ id, photo }) => ({ id, picture: pictureOf(photo ?? null) })) };
  });

  app.delete("/api/products/:sku/references/:id", async (request) => {
    const { sku, id } = ReferenceParams.parse(request.params);
    const known = await catalog.referencesOf(sku);
    if (!known.some((reference) => reference.id === id))
      throw new NotFoundError(
        `product ${sku} has no picture ${id}`,
        `GET /api/products/${sku}/references lists them.`,
      );
    return catalog.removeReference(id, actorOf(request));
  });
}
