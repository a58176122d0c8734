import type { DaemonConfig } from "../config/schema.js";

/** How long each loop may stand still before it counts as stuck, ms. */
export interface StaleAfter {
  readonly capture: number;
  readonly inference: number;
  readonly till: number;
  readonly journal: number;
}

/** Several times the slowest honest turn of a loop. */
const shortest = 20_000;
/** Opening a stream and looking what is in it takes up to 10 s before a silent camera counts as hung. */
const openingMs = 15_000;
/** The sink waits so many answer timeouts for the line to fall quiet before it writes. */
const settleTimeouts = 6;
/** Storing the answer, and the till's greeting that may come before. */
const marginMs = 15_000;

/** From the configuration, because a patient camera or till must not have the watchdog restart the lane. */
export function staleAfter({ camera, till }: Pick<DaemonConfig, "camera" | "till">): StaleAfter {
  const silentCamera = Math.max(shortest, camera.hungAfterMs + openingMs);
  const perAttempt = till.writeTimeoutMs + Math.max(till.ackTimeoutMs, till.busyRetryMs);
  return {
    capture: silentCamera,
    // Pictures that show nothing are withheld for this long before they are a fault.
    inference: silentCamera + camera.blindAfterMs,
    till: Math.max(shortest, settleTimeouts * till.ackTimeoutMs + till.attempts * perAttempt + marginMs),
    journal: shortest,
  };
}
