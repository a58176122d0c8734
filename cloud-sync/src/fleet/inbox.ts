/** Messages of lanes, one after another for each lane, and no more of them than fit. */
export class Inbox {
  readonly #chains = new Map<string, Promise<void>>();
  readonly #limit: number;
  #waiting = 0;
  #turnedAway = 0;

  /** @param limit messages that wait; further ones are not taken, and whoever sent them sends them again */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `work` must not throw. False when there is no room. */
  add(lane: string, work: () => Promise<void>): boolean {
    if (this.#waiting >= this.#limit) {
      this.#turnedAway++;
      return false;
    }
    this.#waiting++;
    const before = this.#chains.get(lane) ?? Promise.resolve();
    const after = before.then(work).finally(() => {
      this.#waiting--;
      if (this.#chains.get(lane) === after) this.#chains.delete(lane);
    });
    this.#chains.set(lane, after);
    return true;
  }

  /** Resolves when all that was taken is done. */
  async idle(): Promise<void> {
    await Promise.all(this.#chains.values());
  }

  get waiting(): number {
    return this.#waiting;
  }

  get turnedAway(): number {
    return this.#turnedAway;
  }
}
