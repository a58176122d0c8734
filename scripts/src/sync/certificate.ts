import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export interface Certificate {
  /** PEM of the authority. */
  readonly ca: string;
  /** PEM files. */
  readonly caFile: string;
  readonly cert: string;
  readonly key: string;
}

/** An authority and a certificate of 127.0.0.1, or of other names, as a store's own PKI would make them. */
export function makeCertificate(dir: string, names = "IP:127.0.0.1"): Certificate {
  const file = (name: string) => join(dir, name);
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore", cwd: dir });
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  openssl("req", "-x509", ...ec, "-subj", "/CN=Test authority", "-keyout", "ca.key", "-out", "ca.pem");
  openssl(
    ...["req", "-x509", ...ec, "-CA", "ca.pem", "-CAkey", "ca.key", "-subj", "/CN=broker"],
    ...["-addext", `subjectAltName=${names}`, "-addext", "basicConstraints=CA:FALSE"],
    ...["-keyout", "broker.key", "-out", "broker.pem"],
  );
  const caFile = file("ca.pem");
  return { ca: readFileSync(caFile, "utf8"), caFile, cert: file("broker.pem"), key: file("broker.key") };
}
