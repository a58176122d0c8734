/** Events a second over the last ones. */
export class RateMeter {
  readonly #times: number[] = [];
  readonly #count: number;

  constructor(count = 30) {
    this.#count = count;
  }

  /** @param at monotonic ms */
  tick(at: number): void {
    this.#times.push(at);
    if (this.#times.length > this.#count) this.#times.shift();
  }

  reset(): void {
    this.#times.length = 0;
  }

  /** Undefined until enough was seen. */
  perSecond(): number | undefined {
    const [first, last] = [this.#times[0], this.#times.at(-1)];
    if (first === undefined || last === undefined || this.#times.length < 10 || last <= first)
      return undefined;
    return ((this.#times.length - 1) * 1000) / (last - first);
  }
}
