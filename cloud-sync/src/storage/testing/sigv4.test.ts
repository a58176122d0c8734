import { describe, expect, test } from "vitest";
import { refusalOf, type SignedRequest, type Verifier } from "./sigv4.js";

// The examples of Amazon's own description, with the signatures printed there.
const keyId = "AKIAIOSFODNN7EXAMPLE";
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const verifier: Verifier = {
  secretOf: (id) => (id === keyId ? secret : undefined),
  region: "us-east-1",
  now: () => new Date("2013-05-24T00:00:00Z"),
};

function example(
  method: string,
  url: string,
  signature: string,
  more: Record<string, string> = {},
  text = "",
): SignedRequest {
  const headers: Record<string, string> = {
    host: "examplebucket.s3.amazonaws.com",
    ...{ "x-amz-content-sha256": empty, "x-amz-date": "20130524T000000Z" },
    ...more,
  };
  const signed = Object.keys(headers).sort().join(";");
  const authorization = `AWS4-HMAC-SHA256 Credential=${keyId}/20130524/us-east-1/s3/aws4_request,SignedHeaders=${signed},Signature=${signature}`;
  return { method, url, headers: { ...headers, authorization }, body: new TextEncoder().encode(text) };
}

const get = example("GET", "/test.txt", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", {
  range: "bytes=0-9",
});
const put = example(
  ...(["PUT", "/test%24file.text"] as const),
  "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
  {
    date: "Fri, 24 May 2013 00:00:00 GMT",
    "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
    "x-amz-storage-class": "REDUCED_REDUNDANCY",
  },
  "Welcome to Amazon S3.",
);
const lifecycle = "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543";
const list = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7";

describe("the published examples are let in", () => {
  test.each([
    ["an object is read", get],
    ["an object is stored, its name percent-encoded", put],
    ["a parameter without a value", example("GET", "/?lifecycle", lifecycle)],
    ["parameters", example("GET", "/?max-keys=2&prefix=J", list)],
    ["parameters in another order", example("GET", "/?prefix=J&max-keys=2", list)],
  ])("%s", (_, request) => expect(refusalOf(request, verifier)).toBeUndefined());
});

const changed = (headers: Record<string, string>) => ({ ...get, headers: { ...get.headers, ...headers } });
const authorization = get.headers.authorization ?? "";

test.each<[string, SignedRequest, string, Partial<Verifier>?]>([
  ["without a signature", changed({ authorization: "" }), "AccessDenied"],
  ["of a key that is not there", get, "InvalidAccessKeyId", { secretOf: () => undefined }],
  ["with another secret", get, "SignatureDoesNotMatch", { secretOf: () => `${secret}x` }],
  ["for another region", get, "AuthorizationHeaderMalformed", { region: "eu-central-1" }],
  ["16 minutes old", get, "RequestTimeTooSkewed", { now: () => new Date("2013-05-24T00:16:00Z") }],
  ["16 minutes ahead", get, "RequestTimeTooSkewed", { now: () => new Date("2013-05-23T23:44:00Z") }],
  ["with a date that is none", changed({ "x-amz-date": "yesterday" }), "AccessDenied"],
  ["with another path", { ...get, url: "/tess.txt" }, "SignatureDoesNotMatch"],
  ["with a parameter more", { ...get, url: "/test.txt?acl=" }, "SignatureDoesNotMatch"],
  ["with another method", { ...get, method: "DELETE" }, "SignatureDoesNotMatch"],
  ["with a signed header changed", changed({ range: "bytes=0-99" }), "SignatureDoesNotMatch"],
  ["with an own header that is not signed", changed({ "x-amz-acl": "public-read" }), "AccessDenied"],
  [
    "with one digit of the signature changed",
    changed({ authorization: authorization.replace(/1$/, "2") }),
    "SignatureDoesNotMatch",
  ],
  [
    "with a body changed on the way",
    { ...put, body: new TextEncoder().encode("Welcome to Amazon S4.") },
    "XAmzContentSHA256Mismatch",
  ],
])("a request %s is refused", (_, request, code, other = {}) => {
  expect(refusalOf(request, { ...verifier, ...other })).toMatchObject({ code });
});
