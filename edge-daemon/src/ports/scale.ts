import type { TillsightError } from "@tillsight/contracts";

/** A scale under the tray. */
export interface Scale {
  /** Standard deviation of a reading, grams. */
  readonly deviation: number;
  /** What lies on it, while it says so and stands still; null otherwise. */
  grams(): number | null;
  /** Why it says nothing; null while it does. */
  fault(): TillsightError | null;
  /** Ends after the first attempt to open; a scale that is away is no error but a fault that may go by itself. */
  start(): Promise<void>;
  stop(): Promise<void>;
}
