import { RegistrationRefusedError, TooManyTriesError } from "./errors.js";

/** Wrong tries of a minute, whoever makes them: an address can be forged or shared, the code cannot be guessed at this rate. */
export class TryLimit {
  readonly #perMinute: number;
  readonly #monotonic: () => number;
  #wrong: number[] = [];

  constructor({
    perMinute,
    monotonic = () => performance.now(),
  }: { perMinute: number; monotonic?: () => number }) {
    this.#perMinute = perMinute;
    this.#monotonic = monotonic;
  }

  /** @throws TooManyTriesError before anything is tried; else what `attempt` throws */
  async guard<T>(attempt: () => Promise<T>): Promise<T> {
    const now = this.#monotonic();
    this.#wrong = this.#wrong.filter((at) => now - at < 60_000);
    if (this.#wrong.length >= this.#perMinute) throw new TooManyTriesError();
    // Counted before its outcome is known, so that many at once are no way around.
    this.#wrong.push(now);
    try {
      const result = await attempt();
      this.#wrong.splice(this.#wrong.indexOf(now), 1);
      return result;
    } catch (error) {
      if (!(error instanceof RegistrationRefusedError)) this.#wrong.splice(this.#wrong.indexOf(now), 1);
      throw error;
    }
  }
}
