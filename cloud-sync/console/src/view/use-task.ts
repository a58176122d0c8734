import { StoppedError } from "@tillsight/contracts";
import { useCallback, useState } from "react";

export interface Task {
  readonly busy: boolean;
  /** Why the last run failed. */
  readonly error: unknown;
  /** @returns whether it worked */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>;
  readonly clear: () => void;
}

/** One thing that a person asked for, at a time. */
export function useTask(): Task {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: undefined });
  const run = useCallback(async (work: () => Promise<unknown>) => {
    setState({ busy: true, error: undefined });
    try {
      await work();
      setState({ busy: false, error: undefined });
      return true;
    } catch (error) {
      // Somebody chose not to go on: that is no failure.
      setState({ busy: false, error: error instanceof StoppedError ? undefined : error });
      return false;
    }
  }, []);
  const clear = useCallback(() => setState({ busy: false, error: undefined }), []);
  return { ...state, run, clear };
}
