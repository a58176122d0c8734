import { InvariantError } from "@tillsight/contracts";
import type { FastifyInstance } from "fastify";
import type { Role } from "../access/roles.js";

/** The least role that a route needs; `open`: none, everybody who can reach the port. */
export type RouteAccess = Role | "open";

/**
 * Every route, and who may call it. A route that is not here does not come up: whoever adds one decides this first.
 * Pictures from stores may show people, so they are not for every viewer.
 */
export const routeAccess: Readonly<Record<string, RouteAccess>> = {
  "GET /healthz": "open",
  "GET /metrics": "viewer",
  "GET /*": "open",
  // What the API is like is no secret: it is in the repository.
  "GET /api/openapi.json": "open",
  "GET /api/docs": "open",

  "POST /api/setup": "open",
  "POST /api/setup/links": "admin",
  "POST /api/session": "open",
  "GET /api/session": "viewer",
  "DELETE /api/session": "viewer",
  "PUT /api/session/password": "viewer",
  "GET /api/users": "admin",
  "POST /api/users": "admin",
  "PATCH /api/users/:name": "admin",
  "DELETE /api/users/:name": "admin",
  "GET /api/tokens": "admin",
  "POST /api/tokens": "admin",
  "DELETE /api/tokens/:id": "admin",
  "GET /api/audit": "admin",

  "GET /api/products": "terminal",
  "GET /api/products/:sku": "terminal",
  "PUT /api/products/:sku": "editor",
  "PUT /api/products/:sku/price": "editor",
  "DELETE /api/products/:sku": "editor",
  "GET /api/products/:sku/references": "viewer",
  "DELETE /api/products/:sku/references/:id": "editor",
  "GET /api/product-details": "viewer",
  "GET /api/heads": "viewer",
  "GET /api/stores": "viewer",
  "PUT /api/stores/:store": "editor",
  "GET /api/stores/:store/products/:sku": "terminal",
  "PUT /api/stores/:store/products/:sku": "editor",
  "DELETE /api/stores/:store/products/:sku": "editor",
  "GET /api/changes": "viewer",
  "GET /api/rollback": "editor",
  "POST /api/rollback": "editor",
  "GET /api/rollbacks": "viewer",
  "POST /api/imports": "editor",
  "GET /api/imports": "viewer",
  "GET /api/imports/:id": "viewer",
  "GET /api/imports/:id/errors": "viewer",
  "GET /api/export": "viewer",

  "POST /api/products/:sku/photos": "editor",
  "POST /api/enrolments/links": "editor",
  "POST /api/enrolments/zip": "editor",
  "GET /api/enrolments": "viewer",
  "GET /api/enrolments/:id": "viewer",
  "POST /api/enrolments/:id/:decision": "editor",
  "GET /api/enrolments/batches": "viewer",
  "GET /api/enrolments/batches/:id": "viewer",
  "GET /api/enrolments/live": "viewer",
  "GET /api/photos/:name": "terminal",

  "GET /api/fleet/terminals": "viewer",
  "GET /api/fleet/terminals/:store/:terminal": "viewer",
  "PATCH /api/fleet/terminals/:store/:terminal": "admin",
  "GET /api/fleet/terminals/:store/:terminal/picture": "editor",
  "POST /api/fleet/terminals/:store/:terminal/commands": "admin",
  "GET /api/fleet/terminals/:store/:terminal/commands": "viewer",
  "GET /api/fleet/commands/:id": "viewer",
  "PUT /api/fleet/terminals/:store/:terminal/settings": "admin",
  "POST /api/fleet/registrations": "admin",
  "POST /api/register": "open",
  "DELETE /api/fleet/terminals/:store/:terminal/credential": "admin",
  "GET /api/fleet/mosquitto/passwords": "admin",
  "GET /api/fleet/mosquitto/acl": "admin",
  "GET /api/fleet/terminals/:store/:terminal/streams": "viewer",
  "GET /api/models": "viewer",
  "POST /api/models": "admin",
  "GET /api/fleet/rollouts": "viewer",
  "GET /api/fleet/rollouts/:id": "viewer",
  "POST /api/fleet/rollouts": "admin",
  "POST /api/fleet/rollouts/:id/:action": "admin",

  "GET /api/sales": "viewer",
  "GET /api/sales/totals": "viewer",
  "GET /api/sales/export": "viewer",
  "GET /api/events": "viewer",
  "GET /api/telemetry": "viewer",
  "GET /api/crops": "viewer",
  "GET /api/crops/:id/picture": "editor",
};

/** A HEAD needs what its GET needs. */
export const accessOf = (method: string, path: string): RouteAccess | undefined =>
  routeAccess[`${method === "HEAD" ? "GET" : method} ${path}`];

/** Before the first route. @throws InvariantError at the route that says nothing */
export function requireDeclaredAccess(app: FastifyInstance): void {
  app.addHook("onRoute", ({ method, url }) => {
    for (const one of [method].flat())
      if (accessOf(one, url) === undefined)
        throw new InvariantError(`${one} ${url} is not in http/route-access.ts`);
  });
}
