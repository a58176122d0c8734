import type { Client } from "./client.js";
import { refusalOf, StrangeAnswerError, UnreachableError } from "./problem.js";
import { Sent } from "./schemas.js";

export interface Upload {
  readonly sku: string;
  readonly files: readonly File[];
  /** Sending the same pictures to the same batch again changes nothing. */
  readonly batch: string;
  readonly signal: AbortSignal;
  /** 0..1 of what is to be sent. */
  readonly onProgress: (part: number) => void;
}

/** Photos of one product. XMLHttpRequest, because `fetch` does not tell how far a body has been sent. */
export function sendPhotos(client: Client, upload: Upload): Promise<typeof Sent._output> {
  const { sku, files, batch, signal, onProgress } = upload;
  const form = new FormData();
  for (const file of files) form.append("photo", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/products/${encodeURIComponent(sku)}/photos?batch=${batch}`);
    request.responseType = "json";
    for (const [name, value] of Object.entries(client.headers("POST", batch)))
      request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onerror = () => reject(new UnreachableError());
    request.onabort = () => reject(new UnreachableError());
    request.onload = () => {
      if (request.status < 200 || request.status >= 300)
        return reject(refusalOf(request.status, request.response));
      const sent = Sent.safeParse(request.response);
      if (sent.success) resolve(sent.data);
      else reject(new StrangeAnswerError({ cause: sent.error }));
    };
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(form);
  });
}
