import type { z } from "zod";
import type { Client } from "./client.js";
import { refusalOf, StrangeAnswerError, UnreachableError } from "./problem.js";
import { Sent, SentZip } from "./schemas.js";

interface Sending {
  /** Sending the same pictures to the same batch again changes nothing. */
  readonly batch: string;
  readonly signal: AbortSignal;
  /** 0..1 of what is to be sent. */
  readonly onProgress: (part: number) => void;
}
export interface Upload extends Sending {
  readonly sku: string;
  readonly files: readonly File[];
}

/** Photos of one product. */
export const sendPhotos = (client: Client, { sku, files, ...sending }: Upload): Promise<Sent> =>
  post(client, `/api/products/${encodeURIComponent(sku)}/photos`, files, Sent, sending);

/** A ZIP of photos, whose names say of what they are. */
export const sendZip = (client: Client, { file, ...sending }: Sending & { file: File }): Promise<SentZip> =>
  post(client, "/api/enrolments/zip", [file], SentZip, sending);

/** XMLHttpRequest, because `fetch` does not tell how far a body has been sent. */
function post<S extends z.ZodType>(
  client: Client,
  path: string,
  files: readonly File[],
  schema: S,
  { batch, signal, onProgress }: Sending,
): Promise<z.infer<S>> {
  const form = new FormData();
  for (const file of files) form.append("photo", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${path}?batch=${batch}`);
    request.responseType = "json";
    for (const [name, value] of Object.entries(client.headers("POST", batch)))
      request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onerror = () => reject(new UnreachableError());
    request.onabort = () => reject(new UnreachableError());
    request.onload = () => {
      if (request.status < 200 || request.status >= 300)
        return reject(refusalOf(request.status, request.response));
      const sent = schema.safeParse(request.response);
      if (sent.success) resolve(sent.data);
      else reject(new StrangeAnswerError({ cause: sent.error }));
    };
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}
