import type { TillReceiptLine } from "@tillsight/contracts";
import { useEffect, useState } from "react";
import { readTill } from "../lane/queries.js";

const readEveryMs = 700;

/** What a simulated till received, read again and again; null where the till is a real one. */
export function useTill(live: boolean): readonly TillReceiptLine[] | null {
  const [lines, setLines] = useState<readonly TillReceiptLine[] | null>(null);
  useEffect(() => {
    if (!live) return;
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      const now = await readTill(stop.signal);
      if (stop.signal.aborted) return;
      if (now !== undefined) setLines(now);
      if (now !== null) timer = setTimeout(read, readEveryMs);
    };
    void read();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [live]);
  return lines;
}
