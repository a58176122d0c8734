import { StoppedError } from "@tillsight/contracts";

/** @throws StoppedError when `signal` aborts */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new StoppedError("waiting"));
    };
    if (signal?.aborted) return reject(new StoppedError("waiting"));
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
