// fastify's own reader and writer of cookies.
import cookie from "@fastify/cookie";
import multipart from "@fastify/multipart";
import websocket from "@fastify/websocket";
import type { HealthReport } from "@tillsight/contracts";
import fastify, { type FastifyInstance } from "fastify";
import type { Access } from "../access/access.js";
import type { CloudCatalog } from "../catalog/catalog.js";
import type { RollbackParts } from "../catalog/rollback/rollback.js";
import type { Imports } from "../catalog/transfer/imports.js";
import type { Enrolment } from "../enrol/enrolment.js";
import { maxPhotoBytes, maxPhotos } from "../enrol/photo.js";
import type { PhotoStore } from "../enrol/photo-store.js";
import type { Credentials } from "../fleet/credentials.js";
import type { ModelShelf } from "../fleet/models/shelf.js";
import type { FleetParts } from "../fleet/start-fleet.js";
import type { Logger } from "../log.js";
import type { Metrics } from "../observe/metrics.js";
import type { Database } from "../storage/database.js";
import type { ObjectStore } from "../storage/objects/object-store.js";
import { authenticate } from "./authenticate.js";
import { consoleRoutes } from "./console.js";
import { detailRoutes } from "./details.js";
import { enrolRoutes } from "./enrol.js";
import { entityTags } from "./etag.js";
import { fleetRoutes } from "./fleet.js";
import { securityHeaders } from "./headers.js";
import { idempotency } from "./idempotency.js";
import { transferRoutes } from "./imports.js";
import { KeptAnswers } from "./kept-answers.js";
import { metricsRoutes } from "./metrics.js";
import { modelRoutes } from "./models.js";
import { openApiRoutes } from "./openapi/routes.js";
import { photoRoutes } from "./photos.js";
import { sendProblem } from "./problem.js";
import { productRoutes } from "./products.js";
import { RateLimit, type RateLimits } from "./rate-limit.js";
import { rollbackRoutes } from "./rollback.js";
import { requireDeclaredAccess } from "./route-access.js";
import { salesRoutes } from "./sales.js";
import { sessionRoutes } from "./session.js";
import { storeRoutes } from "./stores.js";
import { userRoutes } from "./users.js";

export interface ServerParts extends Omit<FleetParts, "stop"> {
  readonly catalog: CloudCatalog;
  readonly imports: Imports;
  readonly rollback: RollbackParts;
  readonly models: ModelShelf;
  readonly db: Database;
  readonly photos: PhotoStore;
  readonly enrolment: Enrolment;
  readonly objects: ObjectStore;
  readonly credentials: Credentials;
  /** What a terminal is told when it registers. */
  readonly forLanes: { readonly brokerUrl: string | null; readonly trustedKeys: string[] };
  readonly access: Access;
  /** Folder of the built console; by default where `npm run build` puts it. */
  readonly consoleDir?: string | undefined;
  /** Proxies that are believed: addresses or networks, as `X-Forwarded-For` and `-Proto` can be forged. */
  readonly trustProxy?: string | undefined;
  readonly log: Logger;
  readonly metrics: Metrics;
  measure(): Promise<string>;
  readonly version: string;
  readonly rateLimits?: RateLimits | undefined;
  /** Where people open the console, without a slash at its end. */
  consoleUrl(): string;
  health(): Promise<HealthReport>;
}

/** The HTTP API and the console, not yet listening. */
export async function createServer(parts: ServerParts): Promise<FastifyInstance> {
  const { trustProxy = false } = parts;
  const frameworkErrors = sendProblem(parts.log);
  const app = fastify({ bodyLimit: 256 * 1024, forceCloseConnections: true, trustProxy, frameworkErrors });
  app.setErrorHandler(frameworkErrors);
  requireDeclaredAccess(app);
  await app.register(cookie);
  await securityHeaders(app);
  authenticate(app, parts.access, new RateLimit(parts.rateLimits));
  entityTags(app);
  idempotency(app, new KeptAnswers(parts.db), parts.access.now);
  const answerConsole = await consoleRoutes(app, parts.consoleDir);
  app.setNotFoundHandler((request, reply) => {
    if (answerConsole(request, reply)) return reply;
    return reply
      .code(404)
      .type("application/problem+json")
      .send({
        type: "NOT_FOUND",
        title: `there is no ${request.method} ${request.url}`,
        status: 404,
        fix: "See docs/headquarters.md for what there is.",
      });
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
  openApiRoutes(app, parts.version);
  sessionRoutes(app, parts);
  userRoutes(app, parts);
  metricsRoutes(app, parts);
  productRoutes(app, parts);
  detailRoutes(app, parts);
  storeRoutes(app, parts);
  rollbackRoutes(app, parts);
  transferRoutes(app, parts);
  fleetRoutes(app, parts);
  modelRoutes(app, parts);
  salesRoutes(app, parts);
  await enrolRoutes(app, parts);
  photoRoutes(app, parts);
  return app;
}
