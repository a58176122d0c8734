import { useEffect, useState } from "react";
import { newId } from "../api/new-id.js";
import type { Enrolment } from "../api/schemas.js";
import { sendPhotos } from "../api/upload.js";
import { changeUpload, type UploadJob, uploadsFor } from "../state/uploads.js";
import { useHq } from "./hq.js";
import { renewing } from "./renewing.js";

export interface Uploads {
  readonly jobs: readonly UploadJob[];
  readonly add: (sku: string, files: readonly File[]) => void;
  readonly retry: (id: string) => void;
  readonly drop: (id: string) => void;
}

/** Sends pictures one request after the other; what could not be sent stays until somebody says what to do with it. */
export function useUploads(onSent: (enrolments: readonly Enrolment[]) => void): Uploads {
  const { client, keeper } = useHq();
  const [jobs, setJobs] = useState<readonly UploadJob[]>([]);
  const next = jobs.some(({ state }) => state === "sending")
    ? undefined
    : jobs.find(({ state }) => state === "waiting");
  const change = (id: string, part: Partial<UploadJob>) => setJobs((list) => changeUpload(list, id, part));
  // biome-ignore lint/correctness/useExhaustiveDependencies: one upload is begun once, by its id
  useEffect(() => {
    if (!next) return;
    const { id } = next;
    change(id, { state: "sending", part: 0 });
    const send = () =>
      sendPhotos(client, {
        ...{ ...next, batch: id, signal: new AbortController().signal },
        onProgress: (part) => change(id, { part }),
      });
    const finish = async () => {
      try {
        const sent = await renewing(keeper, send);
        setJobs((list) => list.filter((job) => job.id !== id));
        onSent(sent.enrolments);
      } catch (error) {
        change(id, { state: "failed", error });
      }
    };
    void finish();
  }, [next?.id]);
  return {
    jobs,
    add: (sku, files) => setJobs((list) => [...list, ...uploadsFor(sku, files, newId)]),
    retry: (id) => change(id, { state: "waiting", part: 0, error: undefined }),
    drop: (id) => setJobs((list) => list.filter((job) => job.id !== id)),
  };
}
