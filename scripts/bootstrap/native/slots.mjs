import { availableParallelism, freemem } from "node:os";

/** The heaviest unit (OpenCV's Mat.cc) takes 0.8 GB in g++ 12; more at once than memory holds would swap. */
const BYTES_PER_COMPILER = 1e9;

/** How many compilers may run at once here. */
export function compilerCount(cores, freeBytes, asked) {
  const wanted = Number.parseInt(asked ?? "", 10);
  if (wanted >= 1) return wanted;
  return Math.max(1, Math.min(cores, Math.floor(freeBytes / BYTES_PER_COMPILER)));
}

export const compilersHere = () =>
  compilerCount(availableParallelism(), freemem(), process.env.TILLSIGHT_JOBS);

/**
 * Lets at most `count` jobs run at a time, first come first served.
 * @returns {<T>(job: () => Promise<T>) => Promise<T>}
 */
export function slots(count) {
  let free = count;
  const waiting = [];
  return async (job) => {
    if (free > 0) free--;
    else await new Promise((resolve) => waiting.push(resolve));
    try {
      return await job();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
