/** Pictures of one product that are sent together; at most ten go in one request. */
export interface UploadJob {
  readonly id: string;
  readonly sku: string;
  readonly files: readonly File[];
  /** `failed` may be sent again: the same batch, so that nothing is doubled. */
  readonly state: "waiting" | "sending" | "failed";
  /** 0..1. */
  readonly part: number;
  readonly error?: unknown;
}

/** Pictures of one request at most; headquarters takes no more. */
export const filesPerUpload = 10;

/** Uploads for what was chosen, in the order in which it was. */
export function uploadsFor(sku: string, files: readonly File[], newId: () => string): UploadJob[] {
  const jobs: UploadJob[] = [];
  for (let at = 0; at < files.length; at += filesPerUpload)
    jobs.push({ id: newId(), sku, files: files.slice(at, at + filesPerUpload), state: "waiting", part: 0 });
  return jobs;
}

export const changeUpload = (jobs: readonly UploadJob[], id: string, part: Partial<UploadJob>): UploadJob[] =>
  jobs.map((job) => (job.id === id ? { ...job, ...part } : job));
