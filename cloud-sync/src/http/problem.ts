import { InvalidInputError, TillsightError } from "@tillsight/contracts";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Logger } from "../log.js";

/** RFC 9457, with what to do about it. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  fix: z.string(),
  /** Of a request that does not fit. */
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;

const statusOf: Readonly<Record<string, number>> = {
  INVALID_INPUT: 400,
  UNAUTHORIZED: 401,
  SIGN_IN_REFUSED: 401,
  SIGN_IN_BLOCKED: 429,
  FORBIDDEN: 403,
  CSRF: 403,
  SETUP_REFUSED: 403,
  SETUP_DONE: 409,
  REGISTRATION_REFUSED: 403,
  TOO_MANY_TRIES: 429,
  PRECONDITION_FAILED: 412,
  IDEMPOTENCY_KEY_REUSED: 422,
  IDEMPOTENCY_KEY_BUSY: 409,
  RATE_LIMITED: 429,
  ROLLOUT_STATE: 409,
  FOREIGN_ORIGIN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  PHOTO_REFUSED: 422,
  MODEL_REFUSED: 422,
  MODEL_MANIFEST_INVALID: 422,
  DATABASE_UNAVAILABLE: 503,
  OBJECT_STORE: 503,
};

export function toProblem(error: unknown): Problem {
  if (error instanceof z.ZodError) {
    const errors = error.issues.map((issue) => ({ field: issue.path.join("."), message: issue.message }));
    return {
      type: "INVALID_INPUT",
      title: "the request does not fit",
      status: 400,
      fix: "Correct the fields that are named.",
      errors,
    };
  }
  if (error instanceof TillsightError)
    return { type: error.code, title: error.message, status: statusOf[error.code] ?? 500, fix: error.fix };
  const status = (error as FastifyError).statusCode ?? 500;
  if (status >= 400 && status < 500)
    return {
      type: (error as FastifyError).code ?? "BAD_REQUEST",
      title: (error as Error).message,
      status,
      fix: "Correct the request.",
    };
  return {
    type: "INTERNAL",
    title: "headquarters failed to do this",
    status: 500,
    fix: "Look at the log of cloud-sync.",
  };
}

export function sendProblem(log: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const problem = toProblem(error);
    if (problem.status >= 500)
      log.error("request failed", { method: request.method, url: request.url, error: String(error) });
    if (error instanceof TillsightError && "retryAfterSeconds" in error)
      reply.header("retry-after", String(error.retryAfterSeconds));
    return reply.code(problem.status).type("application/problem+json").send(problem);
  };
}

/** @throws InvalidInputError */
export function requireThat(holds: boolean, message: string, fix: string): void {
  if (!holds) throw new InvalidInputError(message, fix);
}
