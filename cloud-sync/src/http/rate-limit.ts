import { TillsightError } from "@tillsight/contracts";
import type { Principal } from "../access/roles.js";

/** More calls than one caller may make. */
export class RateLimitError extends TillsightError {
  readonly code = "RATE_LIMITED";

  constructor(readonly retryAfterSeconds: number) {
    super(
      "too many calls",
      `Wait ${retryAfterSeconds} s; many changes at once go in as one file: POST /api/imports.`,
    );
  }
}

export interface RateLimits {
  /** Calls a second that a user or token may go on making. */
  readonly perCaller: number;
  /** Calls a second of one address that has neither. */
  readonly perAddress: number;
}

export const defaultRateLimits: RateLimits = { perCaller: 100, perAddress: 20 };

/** So many seconds' worth may come at once: a page with its pictures, a script in a hurry. */
const burstSeconds = 5;
/** Callers remembered; the longest unheard is forgotten, and starts with a full bucket. */
const mostCallers = 10_000;

interface Bucket {
  tokens: number;
  at: number;
}

/** Token buckets by key. */
export class Buckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #monotonic: () => number;

  constructor(monotonic: () => number = () => performance.now()) {
    this.#monotonic = monotonic;
  }

  /** @returns seconds to wait, 0 when the call may be made (and was counted) */
  take(key: string, perSecond: number): number {
    const now = this.#monotonic();
    const most = perSecond * burstSeconds;
    const bucket = this.#buckets.get(key) ?? { tokens: most, at: now };
    // In the order in which they were heard last.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
    bucket.tokens -= 1;
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= mostCallers) break;
      this.#buckets.delete(oldest);
    }
    return 0;
  }
}

/**
 * Users and tokens by their name; by address who is neither, which guessing ones are. Each copy of headquarters counts
 * for itself. The process's own token is free.
 */
export class RateLimit {
  readonly #limits: RateLimits;
  readonly #buckets = new Buckets();

  constructor(limits: RateLimits = defaultRateLimits) {
    this.#limits = limits;
  }

  /** @throws RateLimitError */
  count(principal: Principal | null, address: string): void {
    if (principal?.kind === "local") return;
    const wait = principal
      ? this.#buckets.take(`caller ${principal.actor}`, this.#limits.perCaller)
      : this.#buckets.take(`address ${address}`, this.#limits.perAddress);
    if (wait > 0) throw new RateLimitError(wait);
  }
}
