import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { describeError } from "@tillsight/contracts";
import { PhotoRefusedError, PictureFetchError } from "../errors.js";
import { maxPhotoBytes } from "./photo.js";

export interface FetchOptions {
  /** Also from addresses inside the own network; never for lists of people who are not trusted with it. */
  readonly allowPrivate?: boolean;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const maxRedirects = 4;

/** What a list from outside must not make headquarters call (RFC 6890): itself, its network, cloud metadata. */
const inner = new BlockList();
for (const [net, bits] of [
  ...([
    ["0.0.0.0", 8],
    ["10.0.0.0", 8],
    ["100.64.0.0", 10],
    ["127.0.0.0", 8],
    ["169.254.0.0", 16],
  ] as const),
  ...([
    ["172.16.0.0", 12],
    ["192.0.0.0", 24],
    ["192.168.0.0", 16],
    ["198.18.0.0", 15],
    ["224.0.0.0", 3],
  ] as const),
])
  inner.addSubnet(net, bits, "ipv4");
for (const [net, bits] of [
  ["::", 127],
  ["64:ff9b::", 96],
  ["fc00::", 7],
  ["fe80::", 10],
  ["ff00::", 8],
] as const)
  inner.addSubnet(net, bits, "ipv6");

/** Whether an address belongs to this machine, its network, or to nobody. */
export function isInner(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return isInner(mapped);
  return inner.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/**
 * The bytes behind a link, for the picture they should be.
 *
 * @throws PhotoRefusedError when it will never do (no such page, too large, an inner address), PictureFetchError
 * when it may later
 */
export async function fetchPicture(link: string, options: FetchOptions = {}): Promise<Uint8Array> {
  const stop = AbortSignal.any([
    AbortSignal.timeout(options.timeoutMs ?? 30_000),
    ...(options.signal ? [options.signal] : []),
  ]);
  let url = link;
  for (let hops = 0; hops <= maxRedirects; hops++) {
    const target = await requireOuter(url, options.allowPrivate ?? false);
    const response = await fetch(target, { redirect: "manual", signal: stop }).catch((cause: unknown) => {
      throw new PictureFetchError(`${target.host} does not answer`, { cause });
    });
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location) {
      await response.body?.cancel();
      url = new URL(location, target).href;
    } else return bodyOf(response, target.host);
  }
  throw new PhotoRefusedError("the link leads from page to page", "Give the address of the picture itself.");
}

async function requireOuter(link: string, allowPrivate: boolean): Promise<URL> {
  const url = URL.canParse(link) ? new URL(link) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new PhotoRefusedError("the link is no web address", "Give an address that begins with https://.");
  if (allowPrivate) return url;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const found = isIP(host)
    ? [{ address: host }]
    : await lookup(host, { all: true }).catch((cause: unknown) => {
        throw new PictureFetchError(`${host} cannot be found`, { cause });
      });
  if (found.some(({ address }) => isInner(address)))
    throw new PhotoRefusedError(
      `${host} is an address of the own network`,
      "Put the picture on a public server, or start headquarters with --private-links.",
    );
  return url;
}

async function bodyOf(response: Response, host: string): Promise<Uint8Array> {
  const { status } = response;
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    // 408 and 429 ask to come again; other answers of the 400s stay as they are.
    if (status >= 500 || status === 408 || status === 429)
      throw new PictureFetchError(`${host} answered ${status}`);
    throw new PhotoRefusedError(`${host} answered ${status}`, "Correct the link.");
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > maxPhotoBytes)
        throw new PhotoRefusedError(
          "the picture behind the link is too large",
          `Give pictures of at most ${maxPhotoBytes / 2 ** 20} MiB.`,
        );
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof PhotoRefusedError) throw cause;
    throw new PictureFetchError(`${host} broke off: ${describeError(cause)}`, { cause });
  }
  return Buffer.concat(chunks);
}
