const credentials = "AWS_SECRET_ACCESS_KEY (and AWS_ACCESS_KEY_ID) of this process, or its profile or role";

/** What S3 servers and the client say, by error code, and what to do about it. */
const fixes: Readonly<Record<string, string>> = {
  SignatureDoesNotMatch: `The secret key is not the one of this access key: check ${credentials}.`,
  InvalidAccessKeyId: `The server does not know this access key: check AWS_ACCESS_KEY_ID.`,
  CredentialsProviderError: `No credentials were found: set ${credentials}.`,
  AuthorizationHeaderMalformed: "Another region is expected: put it into --objects as &region=REGION.",
  PermanentRedirect: "The bucket is in another region: put it into --objects as &region=REGION.",
  RequestTimeTooSkewed: "This machine's clock is wrong: set it, such as with timedatectl set-ntp true.",
  AccessDenied:
    "Allow this user s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket on the bucket.",
  NoSuchBucket: "Create the bucket, or check its name in --objects s3://BUCKET/….",
  XAmzContentSHA256Mismatch:
    "What arrived is not what was sent: look at the proxies between here and the server.",
  BadDigest: "What arrived is not what was sent: look at the proxies between here and the server.",
  ECONNREFUSED: "Nothing answers there: check the server and endpoint= in --objects.",
  ENOTFOUND: "There is no such host: check endpoint= in --objects, and the name server.",
};

/** What to do about an error of the S3 client; undefined when nothing better than the general advice is known. */
export function s3Fix(error: unknown): string | undefined {
  const { name, code, $metadata } = error as {
    name?: string;
    code?: string;
    $metadata?: { httpStatusCode?: number };
  };
  // The answer to HEAD has no body, so no code.
  const bare =
    $metadata?.httpStatusCode === 403 ? `Check ${credentials}, and its rights on the bucket.` : undefined;
  return fixes[name ?? ""] ?? fixes[code ?? ""] ?? bare;
}
