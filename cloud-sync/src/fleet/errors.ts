import { TillsightError } from "@tillsight/contracts";

/** A registration code that is unknown, used or too old. */
export class RegistrationRefusedError extends TillsightError {
  readonly code = "REGISTRATION_REFUSED";

  constructor() {
    super(
      "this code cannot be used",
      "Check it for mistakes, or have headquarters make a new one: each works once.",
    );
  }
}

/** Too many wrong codes: nobody is let try for a while. */
export class TooManyTriesError extends TillsightError {
  readonly code = "TOO_MANY_TRIES";
  readonly retryAfterSeconds = 60;

  constructor() {
    super("too many wrong codes were tried", "Wait a minute, then try again.");
  }
}

/** A rollout that cannot do this in its state. */
export class RolloutStateError extends TillsightError {
  readonly code = "ROLLOUT_STATE";
}

/** A network that headquarters does not bring to lanes. */
export class ModelRefusedError extends TillsightError {
  readonly code = "MODEL_REFUSED";
}

/** The stream that records are relayed to cannot be used; they wait in the database. */
export class RelayError extends TillsightError {
  readonly code = "RELAY";
}
