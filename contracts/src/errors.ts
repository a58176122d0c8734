/**
 * Root of every error Tillsight throws on purpose.
 *
 * `code` is stable (SCREAMING_SNAKE, never reused) and is what callers match on; `fix` is one sentence that
 * tells the person reading it what to do next.
 */
export abstract class TillsightError extends Error {
  abstract readonly code: string;
  readonly fix: string;

  constructor(message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.fix = fix;
  }
}

/** A value from outside (file, request, message, argument) that does not fit its schema. */
export class InvalidInputError extends TillsightError {
  readonly code = "INVALID_INPUT";
}

/** A state that our own code should have made impossible. */
export class InvariantError extends TillsightError {
  readonly code = "INVARIANT_BROKEN";

  constructor(message: string, options?: ErrorOptions) {
    super(message, "This is a defect in Tillsight: please report it with the log around it.", options);
  }
}

/** The reason of an abort that somebody asked for; waiting code rethrows it as it is. */
export class StoppedError extends TillsightError {
  readonly code = "STOPPED";

  constructor(what: string) {
    super(`${what} was stopped`, "Nothing to do: it was asked to stop.");
  }
}

/** One line for a person: message, then what to do about it. */
export function describeError(error: unknown): string {
  if (error instanceof TillsightError) return `${error.message}. ${error.fix}`;
  return error instanceof Error ? error.message : String(error);
}
