import { TillsightError } from "@tillsight/contracts";

/** No device at the configured path: a wrong path, or a cable that is not plugged in. */
export class TillPortMissingError extends TillsightError {
  readonly code = "TILL_PORT_MISSING";

  constructor(
    readonly path: string,
    present: readonly string[],
    options?: ErrorOptions,
  ) {
    const here =
      present.length > 0 ? `Serial ports here: ${present.join(", ")}` : "No USB serial port is here";
    super(
      `there is no serial port ${path} for the till`,
      `Plug the till's cable in, or correct till.path. ${here}.`,
      options,
    );
  }
}

/** The operating system does not let this user open the port. */
export class TillPortForbiddenError extends TillsightError {
  readonly code = "TILL_PORT_FORBIDDEN";

  constructor(
    readonly path: string,
    user: string,
    options?: ErrorOptions,
  ) {
    super(
      `user ${user} may not open the till's port ${path}`,
      `Run "sudo usermod -aG dialout ${user}" and start Tillsight again (log in again when it runs by hand).`,
      options,
    );
  }
}

/** Another program has the port open and locked. */
export class TillPortInUseError extends TillsightError {
  readonly code = "TILL_PORT_IN_USE";

  constructor(
    readonly path: string,
    options?: ErrorOptions,
  ) {
    super(
      `another program uses the till's port ${path}`,
      `Find it with "sudo fuser -v ${path}" and end it (a second Tillsight, a terminal, ModemManager).`,
      options,
    );
  }
}

/** The path names something that is no serial port, or a port that refuses the line settings. */
export class TillPortUnusableError extends TillsightError {
  readonly code = "TILL_PORT_UNUSABLE";

  constructor(
    readonly path: string,
    why: string,
    options?: ErrorOptions,
  ) {
    super(
      `the till's port ${path} cannot be used: ${why}`,
      "Set till.path to a serial device such as /dev/serial/by-id/..., and check its baud rate.",
      options,
    );
  }
}

/** The port was open and went away. */
export class TillPortLostError extends TillsightError {
  readonly code = "TILL_PORT_LOST";

  constructor(
    readonly path: string,
    why: string,
    options?: ErrorOptions,
  ) {
    super(
      `the till's port ${path} was lost: ${why}`,
      "Check the cable; Tillsight reopens the port by itself.",
      options,
    );
  }
}

/** The port is open but takes no bytes: nobody reads them, or flow control holds them. */
export class TillLineBlockedError extends TillsightError {
  readonly code = "TILL_LINE_BLOCKED";

  constructor(
    readonly path: string,
    waitedMs: number,
  ) {
    super(
      `the till's port ${path} took no bytes for ${waitedMs} ms`,
      "Check that the till is on, and that till.flowControl is what the till uses.",
    );
  }
}

/** The port is open but no till answers on it. */
export class TillSilentError extends TillsightError {
  readonly code = "TILL_SILENT";

  constructor(readonly path: string) {
    super(
      `no till answers on ${path}`,
      "Check that the till program runs and that protocol, baud rate, parity and bits are the till's.",
    );
  }
}

/** The till speaks another version of till-line. */
export class TillVersionError extends TillsightError {
  readonly code = "TILL_VERSION";

  constructor(detail: string) {
    super(
      `the till does not speak our version of till-line: ${detail}`,
      "Update the till's till-line driver, or set till.protocol to scanner-ack.",
    );
  }
}
