/** One network's time with some threads and crops a call. */
export interface Timing {
  readonly threads: number;
  readonly batch: number;
  /** Median, for one crop or picture, ms. */
  readonly msEach: number;
}

/** What a network runs with. */
export interface Tuning {
  /** Threads of ONNX Runtime for one call. */
  readonly threads: number;
  /** Most crops in one call. */
  readonly batch: number;
}

/** Another core must save this part of the time to be taken from camera, journal and page. */
const THREAD_GAIN = 0.15;
/** A larger batch must save this part to be worth its memory and the wait for its first result. */
const BATCH_GAIN = 0.05;

const fastest = (timings: readonly Timing[]): Timing | undefined =>
  timings.reduce<Timing | undefined>((best, t) => (best && best.msEach <= t.msEach ? best : t), undefined);

/**
 * The fewest threads, and with them the smallest batch, that are nearly as fast as the best. Pure.
 * @returns undefined of no timings.
 */
export function chooseTuning(timings: readonly Timing[]): Tuning | undefined {
  let chosen: Timing | undefined;
  for (const threads of [...new Set(timings.map((t) => t.threads))].sort((a, b) => a - b)) {
    const best = fastest(timings.filter((t) => t.threads === threads));
    if (best && (!chosen || best.msEach < chosen.msEach * (1 - THREAD_GAIN))) chosen = best;
  }
  if (!chosen) return undefined;
  const { threads, msEach } = chosen;
  const enough = timings
    .filter((t) => t.threads === threads && t.msEach * (1 - BATCH_GAIN) <= msEach)
    .sort((a, b) => a.batch - b.batch)[0];
  return { threads, batch: enough?.batch ?? chosen.batch };
}
