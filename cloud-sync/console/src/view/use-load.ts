import { useCallback, useEffect, useRef, useState } from "react";

export interface Loaded<T> {
  /** Of the last time it worked: a list that cannot be refreshed is better than none. */
  readonly data: T | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  readonly reload: () => void;
}

interface Result<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly key: string | undefined;
}

/**
 * Loads when `key` changes, when `reload` is called, and every `everyMs` while the page can be seen.
 *
 * @param key everything that `load` depends on
 */
export function useLoad<T>(
  load: (signal: AbortSignal) => Promise<T>,
  key: string,
  everyMs?: number,
): Loaded<T> {
  const [result, setResult] = useState<Result<T>>({ data: undefined, error: undefined, key: undefined });
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round is asked for by its number
  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      if (everyMs !== undefined && !stop.signal.aborted) timer = setTimeout(turn, everyMs);
    };
    const turn = async () => {
      if (document.hidden) return again();
      try {
        const data = await loader.current(stop.signal);
        if (!stop.signal.aborted) setResult({ data, error: undefined, key });
      } catch (error) {
        if (!stop.signal.aborted) setResult(({ data }) => ({ data, error, key }));
      }
      again();
    };
    void turn();
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [key, round, everyMs]);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  return { data: result.data, error: result.error, loading: result.key !== key, reload };
}

/** The value as it was when it last stood still for so long. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
