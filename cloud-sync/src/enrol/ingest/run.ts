import { describeError, InvalidInputError, type Product, Sku } from "@tillsight/contracts";
import { codeOf, codesOf } from "../../catalog/rules.js";
import { PhotoRefusedError } from "../../errors.js";
import type { SentPhoto } from "../enrolment.js";
import type { Ingestion } from "./source.js";

/** Headquarters as ingestion needs it. */
export interface EnrolTarget {
  product(sku: Sku): Promise<Product | undefined>;
  search(text: string): Promise<readonly Product[]>;
  /** @throws PhotoRefusedError, InvalidInputError when the picture is not taken */
  upload(sku: Sku, photo: SentPhoto): Promise<void>;
  link(links: readonly { readonly sku: Sku; readonly url: string }[]): Promise<void>;
}

export interface IngestReport {
  /** Photos and links that were queued. */
  readonly sent: number;
  readonly problems: readonly { readonly source: string; readonly message: string }[];
}

/** Links in one request. */
const linkPage = 200;

/** Sends everything of a source; what cannot be sent is in the report, and the rest goes on. */
export async function ingest(
  from: Ingestion,
  target: EnrolTarget,
  onProgress: (report: IngestReport) => void,
  signal?: AbortSignal,
): Promise<IngestReport> {
  let sent = 0;
  const problems: { source: string; message: string }[] = [];
  const known = new Map<string, Sku | undefined>();
  let links: { sku: Sku; url: string }[] = [];
  const flush = async () => {
    if (links.length > 0) await target.link(links);
    sent += links.length;
    links = [];
  };
  const skuOf = async (names: readonly string[]) => {
    for (const name of names) {
      if (!known.has(name)) known.set(name, await find(name, target));
      const sku = known.get(name);
      if (sku) return sku;
    }
    return undefined;
  };
  for await (const item of from) {
    signal?.throwIfAborted();
    const { source } = item;
    if (item.kind === "problem") problems.push({ source, message: item.message });
    else {
      const sku = await skuOf(item.names);
      if (!sku) problems.push({ source, message: `there is no product ${item.names.join(" or ")}` });
      else if (item.kind === "link") links.push({ sku, url: item.url });
      else {
        const failed = await item
          .bytes()
          .then((bytes) => target.upload(sku, { source, bytes }))
          .then(
            () => undefined,
            (error: unknown) => {
              // Of this picture; anything else would be the same for every picture.
              if (error instanceof PhotoRefusedError || error instanceof InvalidInputError)
                return describeError(error);
              throw error;
            },
          );
        if (failed === undefined) sent++;
        else problems.push({ source, message: failed });
      }
    }
    if (links.length >= linkPage) await flush();
    onProgress({ sent, problems });
  }
  await flush();
  return { sent, problems };
}

/** A name as SKU, else as barcode. */
async function find(name: string, target: EnrolTarget): Promise<Sku | undefined> {
  const sku = Sku.safeParse(name);
  if (sku.success && (await target.product(sku.data))) return sku.data;
  const code = codeOf(name);
  if (code === undefined) return undefined;
  return (await target.search(name)).find((product) => codesOf(product).includes(code))?.sku;
}
