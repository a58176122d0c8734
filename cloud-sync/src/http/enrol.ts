import { Sku } from "@tillsight/contracts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { SentPhoto } from "../enrol/enrolment.js";
import { maxPhotoBytes, maxPhotos } from "../enrol/photo.js";
import { JobState } from "../enrol/queue/job.js";
import { decideJob, decisionNames, readBatches, readJobs, requireJob } from "../enrol/queue/jobs.js";
import { NotFoundError } from "../errors.js";
import { actorOf } from "./authenticate.js";
import { liveRoute } from "./enrol-live.js";
import { jobView } from "./enrol-view.js";
import { UploadQuery, zipRoute } from "./enrol-zip.js";
import { idOf } from "./idempotency.js";
import { NewestQuery, nextOf } from "./paging.js";
import { requireThat } from "./problem.js";
import type { ServerParts } from "./server.js";

const ProductParams = z.object({ sku: Sku });
const LinksBody = z.strictObject({
  batch: z.uuid().optional(),
  label: z.string().max(200).default("links"),
  links: z
    .array(z.strictObject({ sku: Sku, url: z.url({ protocol: /^https?$/ }).max(2000) }))
    .min(1)
    .max(1000),
});
const Id = z.object({ id: z.uuid() });
const DecisionParams = z.object({ id: z.uuid(), decision: z.enum(decisionNames) });
const ListQuery = z.strictObject({
  batch: z.uuid().optional(),
  sku: Sku.optional(),
  state: z
    .string()
    .transform((text) => text.split(","))
    .pipe(z.array(JobState))
    .optional(),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const enrolSchemas = {
  ProductParams,
  UploadQuery,
  LinksBody,
  Id,
  DecisionParams,
  ListQuery,
};

/** `/api/products/SKU/photos` and `/api/enrolments`. */
export async function enrolRoutes(app: FastifyInstance, parts: ServerParts): Promise<void> {
  const { enrolment, db } = parts;

  app.post(
    "/api/products/:sku/photos",
    { bodyLimit: maxPhotoBytes * maxPhotos + 65_536 },
    async (request, reply) => {
      const { sku } = ProductParams.parse(request.params);
      const query = UploadQuery.parse(request.query);
      const { batch, jobs } = await enrolment.upload(sku, await picturesOf(request), {
        actor: actorOf(request),
        ...query,
      });
      return reply
        .code(202)
        .header("location", `/api/enrolments/batches/${batch}`)
        .send({ batch, enrolments: jobs.map(jobView) });
    },
  );

  app.post("/api/enrolments/links", async (request, reply) => {
    const { batch = idOf(request), label, links } = LinksBody.parse(request.body);
    const jobs = await enrolment.link({ id: batch, label, actor: actorOf(request) }, links);
    return reply
      .code(202)
      .header("location", `/api/enrolments/batches/${batch}`)
      .send({ batch, enrolments: jobs.map(jobView) });
  });

  app.get("/api/enrolments", async (request) => {
    const { state, ...query } = ListQuery.parse(request.query);
    const jobs = await readJobs(db, { ...query, states: state });
    return {
      enrolments: jobs.map(jobView),
      next: jobs.length === query.limit ? (jobs.at(-1)?.n ?? null) : null,
    };
  });

  app.get("/api/enrolments/:id", async (request) =>
    jobView(await requireJob(db, Id.parse(request.params).id)),
  );

  app.post("/api/enrolments/:id/:decision", async (request) => {
    const { id, decision } = DecisionParams.parse(request.params);
    return jobView(await decideJob(db, id, decision, actorOf(request)));
  });

  app.get("/api/enrolments/batches", async (request) => {
    const query = NewestQuery.parse(request.query);
    const batches = await readBatches(db, query);
    return { batches, next: nextOf(batches, query.limit) };
  });

  app.get("/api/enrolments/batches/:id", async (request) => {
    const { id } = Id.parse(request.params);
    const [batch] = await readBatches(db, { ids: [id], limit: 1 });
    if (!batch) throw new NotFoundError(`there is no batch ${id}`, "See GET /api/enrolments/batches.");
    return batch;
  });

  zipRoute(app, parts);
  liveRoute(app, parts);
}

/** One picture as the body, or several as multipart form data. */
async function picturesOf(request: FastifyRequest): Promise<SentPhoto[]> {
  if (Buffer.isBuffer(request.body)) return [{ source: "upload", bytes: request.body }];
  requireThat(
    request.isMultipart(),
    "the body is no picture",
    "Send image/jpeg, image/png or image/webp, or multipart/form-data.",
  );
  const pictures: SentPhoto[] = [];
  for await (const file of request.files())
    pictures.push({ source: (file.filename ?? "upload").slice(0, 200), bytes: await file.toBuffer() });
  return pictures;
}
