import type { Logger } from "../observe/logger.js";
import { describeTrace, type TillTrace } from "../pos/index.js";

/** What each event on the till's line is worth; the bytes themselves only to who asks for them. */
function levelOf(trace: TillTrace): "debug" | "info" | "warn" {
  switch (trace.event) {
    case "fault":
      return "warn";
    case "opened":
      return "info";
    case "outcome":
      return trace.outcome.kind === "accepted" ? "debug" : "warn";
    default:
      return "debug";
  }
}

/**
 * Writes what happens on the till's line to the log: faults once until something else happens, and the first
 * rubbish after each opening, because that is what a wrong baud rate looks like.
 */
export class TillLog {
  readonly #log: Logger;
  #fault = "";
  #rubbish = false;

  constructor(log: Logger) {
    this.#log = log;
  }

  hear(trace: TillTrace): void {
    const line = describeTrace(trace);
    if (trace.event === "opened") {
      this.#fault = "";
      this.#rubbish = false;
    }
    if (trace.event === "fault") {
      if (line === this.#fault) return;
      this.#fault = line;
    }
    if (trace.event === "discarded" && !this.#rubbish) {
      this.#rubbish = true;
      this.#log.warn("the till's line gives rubbish; till.baudRate, till.parity or the cable may be wrong", {
        line,
      });
      return;
    }
    this.#log[levelOf(trace)]("till", { line });
  }
}
