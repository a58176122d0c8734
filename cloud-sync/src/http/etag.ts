import { createHash } from "node:crypto";
import { TillsightError } from "@tillsight/contracts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Guard } from "../catalog/catalog.js";

/** What the caller saw is not what is there now: somebody else was quicker. Nothing was changed. */
export class PreconditionFailedError extends TillsightError {
  readonly code = "PRECONDITION_FAILED";

  constructor() {
    super(
      "it was changed since you read it",
      "Read it again, look at the difference, and send your change anew.",
    );
  }
}

/** The same for the same content, in whatever order its fields are. */
const sorted = (_: string, value: unknown): unknown =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

const tag = (content: string | Buffer): string =>
  `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;

/** Of a record, as its `GET` gives it and its writes ask for it. */
export const etagOf = (record: object): string => tag(JSON.stringify(record, sorted));

const tagsOf = (header: string): string[] => header.split(",").map((one) => one.trim());
/** RFC 9110, 13.1.2: `If-None-Match` compares weakly. */
const fits = (header: string, etag: string): boolean =>
  tagsOf(header).some((one) => one === "*" || one.replace(/^W\//, "") === etag.replace(/^W\//, ""));

/** `If-Match` (a lost update) and `If-None-Match: *` (only when it is new). Undefined when neither is asked for. */
export function guardOf(request: FastifyRequest): Guard | undefined {
  const match = request.headers["if-match"];
  const none = request.headers["if-none-match"];
  if (match === undefined && none === undefined) return undefined;
  return (current) => {
    const etag = current && etagOf(current);
    // RFC 9110, 13.1.1: strongly, and `*` is whatever there is.
    const same =
      match === undefined || tagsOf(match).some((one) => (etag ? one === "*" || one === etag : false));
    if (!same || (none !== undefined && etag !== undefined && fits(none, etag)))
      throw new PreconditionFailedError();
  };
}

/** Answers whose route says nothing else are tagged by their bytes; one that the caller has is 304. */
export function entityTags(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if ((request.method !== "GET" && request.method !== "HEAD") || reply.statusCode !== 200) return payload;
    if (reply.getHeader("etag") === undefined && (typeof payload === "string" || Buffer.isBuffer(payload)))
      reply.header("etag", tag(payload));
    const header = request.headers["if-none-match"];
    const etag = reply.getHeader("etag");
    if (header === undefined || typeof etag !== "string" || !fits(header, etag)) return payload;
    notModified(reply);
    return "";
  });
}

function notModified(reply: FastifyReply): void {
  reply.code(304).removeHeader("content-type").removeHeader("content-length");
}
