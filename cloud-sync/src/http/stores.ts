import { NodeName, Sku } from "@tillsight/contracts";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { AuditQuery } from "../catalog/audit.js";
import { Override } from "../catalog/override.js";
import { Store } from "../catalog/stores.js";
import { NotFoundError } from "../errors.js";
import { actorOf } from "./authenticate.js";
import { etagOf, guardOf } from "./etag.js";
import type { ServerParts } from "./server.js";

const StoreParams = z.object({ store: NodeName });
const OwnParams = z.object({ store: NodeName, sku: Sku });
const StoreBody = z.strictObject({ label: Store.shape.label.optional() }).default({});

export const storeSchemas = { StoreParams, OwnParams, StoreBody };

/** `/api/stores`, what a store does otherwise than the chain, and `/api/changes`. */
export function storeRoutes(app: FastifyInstance, { catalog }: ServerParts): void {
  app.get("/api/stores", async () => ({ stores: await catalog.stores() }));

  app.put("/api/stores/:store", async (request) => {
    const { store } = StoreParams.parse(request.params);
    await catalog.putStore(store, StoreBody.parse(request.body ?? undefined).label);
    return (await catalog.stores()).find(({ name }) => name === store);
  });

  app.get("/api/stores/:store/products/:sku", async (request, reply) => {
    const { store, sku } = OwnParams.parse(request.params);
    if (!(await catalog.product(sku)))
      throw new NotFoundError(`there is no product ${sku}`, "Search for it: GET /api/products?search=…");
    const [override, product] = await Promise.all([
      catalog.override(store, sku),
      catalog.productIn(store, sku),
    ]);
    const own = { override: override ?? null, product: product ?? null };
    reply.header("etag", etagOf(own));
    return own;
  });

  app.put("/api/stores/:store/products/:sku", async (request) => {
    const { store, sku } = OwnParams.parse(request.params);
    const override = Override.parse(request.body);
    const result = await catalog.putOverride(store, sku, override, actorOf(request), guardOf(request));
    return { override, product: (await catalog.productIn(store, sku)) ?? null, ...result };
  });

  app.delete("/api/stores/:store/products/:sku", async (request) => {
    const { store, sku } = OwnParams.parse(request.params);
    return catalog.putOverride(store, sku, null, actorOf(request), guardOf(request));
  });

  app.get("/api/changes", async (request) => {
    const query = AuditQuery.parse(request.query);
    const changes = await catalog.audit(query);
    return { changes, next: changes.length === query.limit ? (changes.at(-1)?.lsn ?? null) : null };
  });
}
