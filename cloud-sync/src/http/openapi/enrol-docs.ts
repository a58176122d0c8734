import { z } from "zod";
import { Conflict, Verdict } from "../../enrol/quality/verdict.js";
import { Job, jobStates } from "../../enrol/queue/job.js";
import { enrolSchemas } from "../enrol.js";
import { LiveQuery } from "../enrol-live.js";
import { zipTypes } from "../enrol-zip.js";
import { NewestQuery } from "../paging.js";
import { photoSchemas } from "../photos.js";
import { At, pageOf, type RouteDocs } from "./route-doc.js";

const picture = z.string().nullable().meta({ description: "Address of the picture" });
const Enrolment = z.strictObject({
  ...Job.omit({ photo: true, verdict: true }).shape,
  picture,
  verdict: Verdict.extend({
    conflicts: z.array(z.strictObject({ ...Conflict.omit({ photo: true }).shape, picture })),
  }).nullable(),
});
const Batch = z.strictObject({
  ...{ id: z.uuid(), label: z.string(), actor: z.string(), createdAt: At },
  counts: z.strictObject(Object.fromEntries(jobStates.map((state) => [state, z.int()]))),
});
const Begun = z.strictObject({ batch: z.uuid(), enrolments: z.array(Enrolment) });
const pictures = ["image/jpeg", "image/png", "image/webp"] as const;

export const enrolDocs: RouteDocs = {
  "POST /api/products/:sku/photos": {
    summary: "Enrol photos of a product: one as the body, or up to ten as form data",
    ...{ params: enrolSchemas.ProductParams, query: enrolSchemas.UploadQuery },
    ...{ body: [...pictures, "multipart/form-data"], status: 202, answer: Begun },
  },
  "POST /api/enrolments/links": {
    summary: "Enrol pictures behind links, which headquarters fetches",
    ...{ body: enrolSchemas.LinksBody, status: 202, answer: Begun },
  },
  "POST /api/enrolments/zip": {
    summary:
      "Enrol a ZIP of photos named SKU.jpg, SKU_2.jpg or SKU/anything.jpg, as the body or as form data",
    ...{ query: enrolSchemas.UploadQuery, body: [...zipTypes, "multipart/form-data"], status: 202 },
    answer: z.strictObject({
      batch: z.uuid(),
      sent: z.int().meta({ description: "Photos that were queued" }),
      problems: z.array(z.strictObject({ source: z.string(), message: z.string() })),
    }),
  },
  "GET /api/enrolments": {
    summary: "Enrolments in the order they came; state=dead is the list of dead letters",
    ...{ query: enrolSchemas.ListQuery, answer: pageOf("enrolments", Enrolment) },
  },
  "GET /api/enrolments/:id": { summary: "One enrolment", params: enrolSchemas.Id, answer: Enrolment },
  "POST /api/enrolments/:id/:decision": {
    summary: "Take it in spite of its verdict, do without it, or begin anew",
    ...{ params: enrolSchemas.DecisionParams, answer: Enrolment },
  },
  "GET /api/enrolments/batches": {
    summary: "The newest batches",
    ...{ query: NewestQuery, answer: pageOf("batches", Batch) },
  },
  "GET /api/enrolments/batches/:id": { summary: "One batch", params: enrolSchemas.Id, answer: Batch },
  "GET /api/enrolments/live": {
    summary: "A WebSocket: a snapshot, then enrolments as they change",
    ...{ query: LiveQuery, status: 101 },
  },
  "GET /api/photos/:name": {
    summary: "A picture as it was sent, or upright and small",
    ...{ params: photoSchemas.Params, query: photoSchemas.Query, answer: pictures },
  },
};
