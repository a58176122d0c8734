import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { InvalidInputError } from "@tillsight/contracts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { type EnrolTarget, ingest } from "../enrol/ingest/run.js";
import { fromZip } from "../enrol/ingest/zip.js";
import { actorOf } from "./authenticate.js";
import { idOf } from "./idempotency.js";
import { requireThat } from "./problem.js";
import type { ServerParts } from "./server.js";

export const UploadQuery = z.strictObject({
  /** Several uploads as one; sending one again changes nothing. */
  batch: z.uuid().optional(),
  label: z.string().max(200).optional(),
});

/** As browsers call it. */
export const zipTypes = ["application/zip", "application/x-zip-compressed"] as const;

/** Of one ZIP that is sent; `cloud-sync enrol` takes larger ones. */
const maxZipBytes = 512 * 2 ** 20;
const limits = { entries: 10_000, bytes: 2 ** 30 };

/** `POST /api/enrolments/zip`: what `cloud-sync enrol` does with a ZIP, and the same report. */
export function zipRoute(app: FastifyInstance, { enrolment, catalog }: ServerParts): void {
  // The body itself is handed on: it may be larger than memory.
  for (const type of zipTypes) app.addContentTypeParser(type, (_, payload, done) => done(null, payload));

  app.post("/api/enrolments/zip", { bodyLimit: maxZipBytes + 65_536 }, async (request, reply) => {
    const { batch = idOf(request), label } = UploadQuery.parse(request.query);
    const dir = await mkdtemp(join(tmpdir(), "tillsight-zip-"));
    try {
      const name = await receive(request, join(dir, "photos.zip"));
      const by = { actor: actorOf(request), batch, label: label ?? name };
      const target: EnrolTarget = {
        product: (sku) => catalog.product(sku),
        search: (text) => catalog.products(text, 5),
        upload: async (sku, photo) => void (await enrolment.upload(sku, [photo], by)),
        link: async () => {}, // A ZIP has none.
      };
      const source = fromZip(join(dir, "photos.zip"), { ...limits, name });
      const { sent, problems } = await ingest(source, target, () => {}, hungUp(reply));
      return reply
        .code(202)
        .header("location", `/api/enrolments/batches/${batch}`)
        .send({ batch, sent, problems });
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
}

/** Whoever is gone sends it again, to the same batch: what is there already stays as it is. */
function hungUp(reply: FastifyReply): AbortSignal {
  const stop = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableEnded) stop.abort();
  });
  return stop.signal;
}

/** Into a file, since a ZIP's directory is at its end. @returns what the sender calls it @throws InvalidInputError */
async function receive(request: FastifyRequest, file: string): Promise<string> {
  const { name, body } = await zipOf(request);
  await pipeline(body, bounded, createWriteStream(file, { mode: 0o600 }));
  return name;
}

async function zipOf(request: FastifyRequest): Promise<{ name: string; body: Readable }> {
  if (request.body instanceof Readable) return { name: "upload.zip", body: request.body };
  const fix = "Send the ZIP as application/zip, or as the one file of multipart/form-data.";
  requireThat(request.isMultipart(), "the body is no ZIP", fix);
  // Its size is bounded below, with an error that says what to do.
  const sent = await request.file({ limits: { files: 1, fileSize: Number.POSITIVE_INFINITY } });
  if (!sent) throw new InvalidInputError("the form has no file", fix);
  return { name: (sent.filename || "upload.zip").slice(0, 200), body: sent.file };
}

async function* bounded(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxZipBytes)
      throw new InvalidInputError(
        `the ZIP is larger than ${maxZipBytes / 2 ** 20} MiB`,
        "Cut it into several files, or send it with `cloud-sync enrol`.",
      );
    yield chunk;
  }
}
