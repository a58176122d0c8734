import multipart from "@fastify/multipart";
import websocket from "@fastify/websocket";
import type { HealthReport } from "@tillsight/contracts";
import fastify, { type FastifyInstance } from "fastify";
import type { CloudCatalog } from "../catalog/catalog.js";
import type { Imports } from "../catalog/transfer/imports.js";
import type { Enrolment } from "../enrol/enrolment.js";
import { maxPhotoBytes, maxPhotos } from "../enrol/photo.js";
import type { PhotoStore } from "../enrol/photo-store.js";
import type { Credentials } from "../fleet/credentials.js";
import type { FleetParts } from "../fleet/start-fleet.js";
import type { Logger } from "../log.js";
import type { Database } from "../storage/database.js";
import type { ObjectStore } from "../storage/objects/object-store.js";
import { detailRoutes } from "./details.js";
import { enrolRoutes } from "./enrol.js";
import { fleetRoutes } from "./fleet.js";
import { transferRoutes } from "./imports.js";
import { photoRoutes } from "./photos.js";
import { sendProblem } from "./problem.js";
import { productRoutes } from "./products.js";
import { salesRoutes } from "./sales.js";
import { storeRoutes } from "./stores.js";
import { requireToken } from "./token.js";

declare module "fastify" {
  interface FastifyContextConfig {
    /** A write that brings an authority of its own, and needs no token. */
    readonly open?: boolean;
  }
}

export interface ServerParts extends Omit<FleetParts, "stop"> {
  readonly catalog: CloudCatalog;
  readonly imports: Imports;
  readonly db: Database;
  readonly photos: PhotoStore;
  readonly enrolment: Enrolment;
  readonly objects: ObjectStore;
  readonly credentials: Credentials;
  /** What a terminal is told when it registers. */
  readonly forLanes: { readonly brokerUrl: string | null; readonly trustedKeys: string[] };
  readonly token: string;
  readonly log: Logger;
  health(): Promise<HealthReport>;
}

/** The HTTP API, not yet listening. Reading is open to this machine, every write needs the token. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const app = fastify({ bodyLimit: 256 * 1024, forceCloseConnections: true });
  app.setErrorHandler(sendProblem(parts.log));
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type("application/problem+json")
      .send({
        type: "NOT_FOUND",
        title: `there is no ${request.method} ${request.url}`,
        status: 404,
        fix: "See docs/headquarters.md for what there is.",
      }),
  );
  app.addHook("onRequest", async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD" && !request.routeOptions.config.open)
      requireToken(parts.token, request.headers.authorization);
  });
  app.addContentTypeParser(/^image\//, { parseAs: "buffer", bodyLimit: maxPhotoBytes }, (_, body, done) =>
    done(null, body),
  );
  await app.register(multipart, {
    limits: { files: maxPhotos, fileSize: maxPhotoBytes, fields: 10, parts: maxPhotos + 10 },
  });
  app.get("/healthz", async (_, reply) => {
    const report = await parts.health();
    return reply.code(report.state === "failed" ? 503 : 200).send(report);
  });
  await app.register(websocket, { options: { maxPayload: 1024, perMessageDeflate: false } });
  productRoutes(app, parts);
  detailRoutes(app, parts);
  storeRoutes(app, parts);
  transferRoutes(app, parts);
  fleetRoutes(app, parts);
  salesRoutes(app, parts);
  await enrolRoutes(app, parts);
  photoRoutes(app, parts);
  return app;
}
