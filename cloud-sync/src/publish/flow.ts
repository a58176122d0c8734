/**
 * Holds back what a broker does not take yet: with MQTT 5 it says how many messages it takes before it has confirmed
 * the first of them, and may end the connection of whoever sends more.
 */
export class Flow {
  readonly #most: () => number;
  readonly #waiting: (() => void)[] = [];
  #under = 0;

  /** @param most messages at once; asked anew each time, since another connection may have another limit */
  constructor(most: () => number) {
    this.#most = most;
  }

  /** Does the work when there is room for it, the first first. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#under >= this.#most() || this.#waiting.length > 0)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#under++;
    try {
      return await work();
    } finally {
      this.#under--;
      this.#admit();
    }
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#under < this.#most()) {
      this.#under++;
      this.#waiting.shift()?.();
    }
  }
}
