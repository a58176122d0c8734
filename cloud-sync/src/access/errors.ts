import { TillsightError } from "@tillsight/contracts";
import type { Role } from "./roles.js";

/** No session, no token, or one that is not (or no longer) valid. */
export class UnauthorizedError extends TillsightError {
  readonly code = "UNAUTHORIZED";

  constructor() {
    super(
      "this call needs a session or a token",
      "Sign in, or send `Authorization: Bearer TOKEN`; on headquarters' own machine it is in the file `token` of the data folder.",
    );
  }
}

/** Name and password do not belong together, or the account is disabled; it is not said which. */
export class SignInRefusedError extends TillsightError {
  readonly code = "SIGN_IN_REFUSED";

  constructor() {
    super("the name or the password is wrong", "Try again, or have an administrator set a new password.");
  }
}

/** The account or token may not do this. */
export class ForbiddenError extends TillsightError {
  readonly code = "FORBIDDEN";

  constructor(role: Role, least: Role) {
    super(
      `this needs the role ${least}; yours is ${role}`,
      "Ask an administrator to do it or to give you the role.",
    );
  }
}

/** A write in a session without the session's own token: perhaps another page made the browser send it. */
export class CsrfError extends TillsightError {
  readonly code = "CSRF";

  constructor() {
    super(
      "the header x-csrf-token is missing or is not this session's",
      "Send the csrfToken that POST or GET /api/session answers; reload the page.",
    );
  }
}

/** A setup link that is unknown, used or too old. */
export class SetupRefusedError extends TillsightError {
  readonly code = "SETUP_REFUSED";

  constructor() {
    super("this setup link cannot be used", "Make a new one: node cloud-sync/dist/main.js setup-link.");
  }
}

/** Headquarters has an administrator already. */
export class SetupDoneError extends TillsightError {
  readonly code = "SETUP_DONE";

  constructor() {
    super(
      "headquarters is set up already",
      "Sign in; for a forgotten password: node cloud-sync/dist/main.js setup-link --user NAME.",
    );
  }
}

/** Too many wrong tries to sign in, by this name or from this address. */
export class SignInBlockedError extends TillsightError {
  readonly code = "SIGN_IN_BLOCKED";

  constructor(readonly retryAfterSeconds: number) {
    super("too many wrong passwords", `Wait ${retryAfterSeconds} s, then try again.`);
  }
}
