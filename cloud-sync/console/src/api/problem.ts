import { TillsightError } from "@tillsight/contracts";
import { z } from "zod";

/** RFC 9457 as headquarters writes it. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  fix: z.string().default(""),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).default([]),
});
export type Problem = z.infer<typeof Problem>;

/** Headquarters refused a request. */
export class RefusedError extends TillsightError {
  override readonly code: string;
  readonly status: number;
  readonly errors: Problem["errors"];
  /** The whole answer, which some routes say more with. */
  readonly body: unknown;

  constructor(problem: Problem, body: unknown) {
    super(problem.title, problem.fix);
    this.code = problem.type;
    this.status = problem.status;
    this.errors = problem.errors;
    this.body = body;
  }
}

/** Headquarters did not answer. */
export class UnreachableError extends TillsightError {
  readonly code = "UNREACHABLE";

  constructor(options?: ErrorOptions) {
    super("headquarters does not answer", "Check the network; nothing you entered is lost.", options);
  }
}

/** It answered something that this page does not understand: one of the two is older. */
export class StrangeAnswerError extends TillsightError {
  readonly code = "STRANGE_ANSWER";

  constructor(options?: ErrorOptions) {
    super("headquarters answered something unexpected", "Reload this page.", options);
  }
}

/** Of a body that may be a problem, or a proxy's own page. */
export function refusalOf(status: number, body: unknown): RefusedError {
  const parsed = Problem.safeParse(body);
  const problem = parsed.data ?? {
    ...{ type: `HTTP_${status}`, title: `the answer was ${status}`, status, fix: "", errors: [] },
  };
  return new RefusedError({ ...problem, status }, body);
}

export const isConflict = (error: unknown): boolean => error instanceof RefusedError && error.status === 412;
