import { useState } from "react";
import { newId } from "../api/new-id.js";
import type { SentZip } from "../api/schemas.js";
import { sendZip } from "../api/upload.js";
import { useHq } from "./hq.js";
import { renewing } from "./renewing.js";

/** A ZIP on its way, and what became of it. */
export interface ZipJob {
  /** Also of its batch: sent again, nothing is doubled. */
  readonly id: string;
  readonly file: File;
  /** 0..1. */
  readonly part: number;
  readonly result: SentZip | null;
  readonly error: unknown;
}

export interface Zips {
  readonly jobs: readonly ZipJob[];
  readonly add: (file: File) => void;
  readonly retry: (job: ZipJob) => void;
  readonly drop: (id: string) => void;
}

/** Sends ZIPs; each stays until somebody has seen what was left out of it. */
export function useZips(): Zips {
  const { client, keeper } = useHq();
  const [jobs, setJobs] = useState<readonly ZipJob[]>([]);
  const change = (id: string, part: Partial<ZipJob>) =>
    setJobs((list) => list.map((job) => (job.id === id ? { ...job, ...part } : job)));
  const send = (id: string, file: File) => {
    const once = () =>
      sendZip(client, {
        ...{ file, batch: id, signal: new AbortController().signal },
        onProgress: (part) => change(id, { part }),
      });
    renewing(keeper, once).then(
      (result) => change(id, { result }),
      (error: unknown) => change(id, { error }),
    );
  };
  return {
    jobs,
    add: (file) => {
      const id = newId();
      setJobs((list) => [...list, { id, file, part: 0, result: null, error: undefined }]);
      send(id, file);
    },
    retry: ({ id, file }) => {
      change(id, { part: 0, error: undefined });
      send(id, file);
    },
    drop: (id) => setJobs((list) => list.filter((job) => job.id !== id)),
  };
}
