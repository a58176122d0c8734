import { createHash, randomUUID } from "node:crypto";
import { InvalidInputError, TillsightError } from "@tillsight/contracts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { KeptAnswer, KeptAnswers } from "./kept-answers.js";

/** The key belongs to another request. */
export class IdempotencyKeyReusedError extends TillsightError {
  readonly code = "IDEMPOTENCY_KEY_REUSED";

  constructor() {
    super("this Idempotency-Key was used for another request", "Make a new key for each new request.");
  }
}

/** The first request with this key is not answered yet. */
export class IdempotencyKeyBusyError extends TillsightError {
  readonly code = "IDEMPOTENCY_KEY_BUSY";
  readonly retryAfterSeconds = 1;

  constructor() {
    super("the first request with this Idempotency-Key is still being done", "Send it again in a second.");
  }
}

interface Kept {
  readonly actor: string;
  readonly key: string;
  readonly claim: string;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set while this call does the work of its key. */
    kept: Kept | null;
  }
}

const writing = new Set(["POST", "PUT", "PATCH", "DELETE"]);
const keptHeaders = ["content-type", "location", "etag"];
const sweepEveryMs = 60_000;

/** @throws InvalidInputError; undefined: the call has none, or nobody whose key it could be */
function keyOf({ method, headers, principal }: FastifyRequest): string | undefined {
  const key = headers["idempotency-key"];
  if (key === undefined || principal === null || !writing.has(method)) return undefined;
  if (typeof key === "string" && /^[\x21-\x7e]{16,200}$/.test(key)) return key;
  throw new InvalidInputError(
    "the Idempotency-Key does not fit",
    "Send 16 to 200 characters without blanks that nobody can guess, such as a UUID.",
  );
}

/** Of files, which are read while they are worked on, the length stands for the content. */
function fingerprintOf({ method, url, body, headers }: FastifyRequest): Buffer {
  const hash = createHash("sha256").update(`${method} ${url}\n${headers["if-match"] ?? ""}\n`);
  if (Buffer.isBuffer(body)) return hash.update(body).digest();
  const isFile = typeof body === "object" && body !== null && "pipe" in body;
  if (isFile || /^multipart\//.test(headers["content-type"] ?? ""))
    return hash.update(headers["content-length"] ?? "").digest();
  return hash.update(JSON.stringify(body) ?? "").digest();
}

/**
 * A write with an `Idempotency-Key` is done once: sent again within a day, it gets the first answer, marked by
 * `idempotency-replayed`. Answers of 500 and more, and 429, are not kept: sent again, the work is tried again.
 */
export function idempotency(app: FastifyInstance, answers: KeptAnswers, now: () => Date): void {
  app.decorateRequest("kept", null);
  let sweptAt = 0;

  app.addHook("preHandler", async (request, reply) => {
    const key = keyOf(request);
    const actor = request.principal?.actor;
    if (key === undefined || actor === undefined) return;
    const at = now();
    if (at.getTime() - sweptAt > sweepEveryMs) {
      sweptAt = at.getTime();
      await answers.sweep(at);
    }
    const claim = await answers.claim(actor, key, fingerprintOf(request), at);
    if (claim.state === "other") throw new IdempotencyKeyReusedError();
    if (claim.state === "running") throw new IdempotencyKeyBusyError();
    if (claim.state === "answered") return replay(reply, claim.answer);
    request.kept = { actor, key, claim: claim.claim };
  });

  app.addHook("onSend", async (request, reply, payload) => {
    const { kept } = request;
    if (!kept) return payload;
    const { actor, key, claim } = kept;
    const text = payload === null || payload === undefined ? "" : payload;
    if (reply.statusCode >= 500 || reply.statusCode === 429 || typeof text !== "string")
      await answers.giveUp(actor, key, claim);
    else await answers.keep(actor, key, claim, answerOf(reply, text));
    return payload;
  });
}

function replay(reply: FastifyReply, { status, headers, body }: KeptAnswer): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers, "idempotency-replayed": "true" })
    .send(body === "" ? undefined : body);
}

const answerOf = (reply: FastifyReply, body: string): KeptAnswer => ({
  ...{ status: reply.statusCode, body },
  headers: Object.fromEntries(
    keptHeaders.flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)]];
    }),
  ),
});

/**
 * The id of what a call makes. It follows from the call's key, if it has one: should the process end between the work
 * and its answer, the work done again is the same work. A UUID of version 8 (RFC 9562, 5.8).
 */
export function idOf(request: FastifyRequest): string {
  if (!request.kept) return randomUUID();
  const { actor, key } = request.kept;
  const hex = createHash("sha256").update(`${actor}\n${key}`).digest("hex");
  const variant = ((Number.parseInt(hex[16] ?? "0", 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join("-");
}
