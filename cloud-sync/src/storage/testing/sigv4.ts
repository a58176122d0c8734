import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A request as it came in; `headers` with names in lower case. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as sent, still percent-encoded. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface Verifier {
  /** Secret of an access key, undefined when there is no such key. */
  readonly secretOf: (accessKeyId: string) => string | undefined;
  readonly region: string;
  readonly now: () => Date;
}

/** Why a request is not let in: S3's own error code and HTTP status. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** S3 lets clocks differ by so much (error code RequestTimeTooSkewed). */
const skewMs = 15 * 60_000;
const scheme =
  /^AWS4-HMAC-SHA256 Credential=([^/,]+)\/(\d{8})\/([^/,]+)\/([^/,]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();
const refuse = (status: number, code: string, message: string): Refusal => ({ status, code, message });

/** RFC 3986: everything but letters, digits and `-._~`; encodeURIComponent leaves five more. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * Verifies AWS Signature Version 4 in the header `authorization`, by the published algorithm, as S3 does it: canonical
 * request, string to sign, signing key (docs.aws.amazon.com, "Authenticating Requests: Using the Authorization Header").
 * Signed chunks (`STREAMING-…`) are refused: the client sends a body in one piece.
 */
export function refusalOf(request: SignedRequest, verifier: Verifier): Refusal | undefined {
  const parts = scheme.exec(request.headers.authorization ?? "");
  if (!parts) return refuse(403, "AccessDenied", "the request is not signed");
  const [, keyId = "", day = "", region = "", service = "", signedHeaders = "", signature = ""] = parts;
  const secret = verifier.secretOf(keyId);
  if (secret === undefined) return refuse(403, "InvalidAccessKeyId", "there is no such access key");
  if (region !== verifier.region || service !== "s3")
    return refuse(
      ...([400, "AuthorizationHeaderMalformed"] as const),
      `the scope ${region}/${service} is wrong; expecting '${verifier.region}/s3'`,
    );
  const time = request.headers["x-amz-date"] ?? "";
  const names = signedHeaders.split(";");
  const wrong = refusalOfTime(time, day, verifier.now()) ?? refusalOfHeaders(request, names);
  if (wrong) return wrong;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", time, scope, sha256(canonicalRequest(request, names))].join("\n");
  const key = [day, region, service, "aws4_request"].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  if (!timingSafeEqual(hmac(key, toSign), Buffer.from(signature, "hex")))
    return refuse(
      403,
      "SignatureDoesNotMatch",
      "the signature calculated does not match the one that was sent",
    );
  return refusalOfBody(request);
}

function refusalOfTime(time: string, day: string, now: Date): Refusal | undefined {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  const at = Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
  if (Number.isNaN(at) || !time.startsWith(day))
    return refuse(403, "AccessDenied", "x-amz-date is none, or of another day than the scope");
  if (Math.abs(at - now.getTime()) > skewMs)
    return refuse(403, "RequestTimeTooSkewed", "the time of the request and of the server differ too much");
  return undefined;
}

/** What is not signed could be changed on the way: the host and everything of S3's own must be. */
function refusalOfHeaders({ headers }: SignedRequest, signed: readonly string[]): Refusal | undefined {
  const must = [
    "host",
    "x-amz-content-sha256",
    ...Object.keys(headers).filter((n) => n.startsWith("x-amz-")),
  ];
  const unsigned = must.find((name) => !signed.includes(name));
  return unsigned === undefined ? undefined : refuse(403, "AccessDenied", `header ${unsigned} is not signed`);
}

function refusalOfBody({ headers, body }: SignedRequest): Refusal | undefined {
  const said = headers["x-amz-content-sha256"] ?? "";
  if (said === "UNSIGNED-PAYLOAD") return undefined;
  if (said.startsWith("STREAMING-")) return refuse(501, "NotImplemented", "signed chunks are not taken");
  if (said === sha256(body)) return undefined;
  return refuse(400, "XAmzContentSHA256Mismatch", "x-amz-content-sha256 is not that of what came");
}

/** Method, path, sorted query, signed headers, their names and the body's hash, a line each. */
function canonicalRequest({ method, url, headers }: SignedRequest, signed: readonly string[]): string {
  const [path = "/", query = ""] = url.split(/\?(.*)/s);
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  const lines = signed.map((name) => `${name}:${(headers[name] ?? "").trim().replace(/ +/g, " ")}\n`);
  return [
    method,
    path.split("/").map(decodeURIComponent).map(encode).join("/"),
    pairs.sort().join("&"),
    lines.join(""),
    signed.join(";"),
    headers["x-amz-content-sha256"] ?? "",
  ].join("\n");
}
