import { describeError } from "@tillsight/contracts";

/**
 * Trouble that comes back with every turn of a loop, told when it begins and when it changes: a full disk must
 * not be filled with log as well.
 */
export class RepeatedTrouble {
  readonly #tell: (error: unknown) => void;
  #last = "";

  constructor(tell: (error: unknown) => void) {
    this.#tell = tell;
  }

  /** The turn went well: the next trouble is news again. */
  well(): void {
    this.#last = "";
  }

  again(error: unknown): void {
    const text = describeError(error);
    if (text !== this.#last) this.#tell(error);
    this.#last = text;
  }

  /** Runs one turn; true when it went well. */
  during(turn: () => void): boolean {
    try {
      turn();
      this.well();
      return true;
    } catch (error) {
      this.again(error);
      return false;
    }
  }
}
