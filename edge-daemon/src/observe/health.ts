import type { HealthReport, PartHealth } from "@tillsight/contracts";

const order = { ok: 0, starting: 1, degraded: 2, failed: 3 } as const;

/** The worst part decides: a lane is as healthy as what it needs to sell. */
export function worst(parts: readonly PartHealth[]): PartHealth["state"] {
  return parts.reduce<PartHealth["state"]>((w, p) => (order[p.state] > order[w] ? p.state : w), "ok");
}

/** Asks each part how it fares at the moment somebody wants to know; keeps no copy that could go stale. */
export class HealthBoard {
  readonly #parts = new Map<string, () => PartHealth>();
  readonly #started: number;

  constructor(
    private readonly version: string,
    private readonly monotonic: () => number,
  ) {
    this.#started = monotonic();
  }

  register(part: string, ask: () => PartHealth): void {
    this.#parts.set(part, ask);
  }

  report(): HealthReport {
    const parts = Object.fromEntries([...this.#parts].map(([name, ask]) => [name, ask()]));
    return {
      state: worst(Object.values(parts)),
      version: this.version,
      uptimeSeconds: (this.monotonic() - this.#started) / 1000,
      parts,
    };
  }
}
