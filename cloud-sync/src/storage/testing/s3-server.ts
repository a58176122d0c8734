import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { type Refusal, refusalOf } from "./sigv4.js";

export interface S3ServerOptions {
  readonly bucket: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Ids in one answer to a list, at most; 1000 as Amazon's. */
  readonly pageSize?: number;
  readonly now?: () => Date;
}

export interface S3Server {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Codes of what was refused, in order. */
  readonly refused: readonly string[];
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const xml = (body: string): string => `<?xml version="1.0" encoding="UTF-8"?>${body}`;
const failure = ({ status, code, message }: Refusal): Answer => ({
  status,
  headers: { "content-type": "application/xml" },
  body: xml(`<Error><Code>${code}</Code><Message>${escaped(message)}</Message></Error>`),
});

/**
 * An object store in memory that lets nobody in whose signature does not verify: the part of S3 that headquarters uses
 * (put, get, head, delete, list), one bucket, addressed by path.
 */
export async function startS3Server(options: S3ServerOptions): Promise<S3Server> {
  const objects = new Map<string, { readonly bytes: Uint8Array; readonly type: string }>();
  const refused: string[] = [];
  const server = createServer((request, response) => {
    answer(options, objects, request).then(
      (given) => {
        const code = /<Code>(\w+)</.exec(String(given.body ?? ""))?.[1];
        if (given.status >= 400 && code !== undefined) refused.push(code);
        // Clients set their clocks by it.
        response.setHeader("date", (options.now?.() ?? new Date()).toUTCString());
        send(request, response, given);
      },
      // The caller went away in the middle of its body.
      () => response.destroy(),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    ...{ endpoint: `http://127.0.0.1:${port}`, refused },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Objects = Map<string, { readonly bytes: Uint8Array; readonly type: string }>;

async function answer(options: S3ServerOptions, objects: Objects, request: IncomingMessage): Promise<Answer> {
  const { method = "", url = "/" } = request;
  const body = new Uint8Array(await buffer(request));
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : value,
    ]),
  );
  const { accessKeyId, secretAccessKey } = options.credentials;
  const refusal = refusalOf(
    { method, url, headers, body },
    {
      secretOf: (id) => (id === accessKeyId ? secretAccessKey : undefined),
      ...{ region: options.region, now: options.now ?? (() => new Date()) },
    },
  );
  if (refusal) return failure(refusal);
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const [, bucket = "", ...rest] = pathname.split("/").map(decodeURIComponent);
  const key = rest.join("/");
  if (bucket !== options.bucket)
    return failure({ status: 404, code: "NoSuchBucket", message: "the bucket does not exist" });
  if (key === "" && method === "GET") return list(objects, searchParams, options.pageSize ?? 1000);
  if (method === "PUT") {
    objects.set(key, { bytes: body, type: headers["content-type"] ?? "binary/octet-stream" });
    return { status: 200, headers: { etag: etag(body) } };
  }
  if (method === "DELETE") {
    objects.delete(key);
    return { status: 204 };
  }
  const found = objects.get(key);
  if (!found) return failure({ status: 404, code: "NoSuchKey", message: "the key does not exist" });
  return {
    ...{ status: 200, body: found.bytes },
    headers: { "content-type": found.type, etag: etag(found.bytes) },
  };
}

/** Of an object that came in one piece S3 gives its MD5. */
const etag = (bytes: Uint8Array): string => `"${createHash("md5").update(bytes).digest("hex")}"`;

/** ListObjectsV2: the token is the last key of the page before. */
function list(objects: Objects, query: URLSearchParams, pageSize: number): Answer {
  const [prefix, after] = [query.get("prefix") ?? "", query.get("continuation-token") ?? ""];
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  const page = keys.slice(0, pageSize);
  const more = keys.length > page.length;
  const contents = page.map((key) => `<Contents><Key>${escaped(key)}</Key></Contents>`).join("");
  const token = more ? `<NextContinuationToken>${escaped(page.at(-1) ?? "")}</NextContinuationToken>` : "";
  return {
    status: 200,
    headers: { "content-type": "application/xml" },
    body: xml(`<ListBucketResult><IsTruncated>${more}</IsTruncated>${token}${contents}</ListBucketResult>`),
  };
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void {
  const bytes = Buffer.from(body ?? "");
  response.writeHead(status, { ...headers, "content-length": bytes.length });
  response.end(request.method === "HEAD" ? undefined : bytes);
}
