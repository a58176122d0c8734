import { createPrivateKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { CloudStartError } from "../errors.js";
import { isLoopback } from "../http/address.js";

/** Where the embedded broker listens. */
export interface BrokerPlace {
  readonly host: string;
  /** PEM of certificate and key. */
  readonly tls?: BrokerTls | undefined;
  /** The address that lanes are told, when a person gave one. */
  readonly laneBrokerUrl?: string | undefined;
}

export interface BrokerTls {
  readonly cert: string;
  readonly key: string;
}

const isWildcard = (host: string): boolean => host === "0.0.0.0" || host === "::" || host === "*";

/** An address for a name or number, IPv6 in brackets. */
export const brokerAddress = (host: string, port: number, tls: boolean): string =>
  `${tls ? "mqtts" : "mqtt"}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;

/**
 * Nothing of the embedded broker crosses a network in clear text, and lanes are told an address that they can use.
 * @throws CloudStartError
 */
export function checkPlace({ host, tls, laneBrokerUrl }: BrokerPlace): void {
  if (!isLoopback(host) && !tls)
    throw new CloudStartError(
      `the embedded broker on ${host} would take passwords across the network in clear text`,
      "Give it a certificate with --broker-cert and --broker-key, or leave --broker-host out.",
    );
  if (isWildcard(host) && laneBrokerUrl === undefined)
    throw new CloudStartError(
      `the embedded broker listens on every address (${host}), which is none that lanes can be told`,
      "Say how lanes reach it, by the name in its certificate: --lane-broker-url mqtts://headquarters.example:7483",
    );
  if (tls) readPair(tls);
}

/** @throws CloudStartError when the files are no certificate and its key */
function readPair({ cert, key }: BrokerTls): X509Certificate {
  const reading = <T>(option: string, read: () => T): T => {
    try {
      return read();
    } catch (cause) {
      throw new CloudStartError(`--${option}: no PEM that can be read`, "Check which file it names.", {
        cause,
      });
    }
  };
  const certificate = reading("broker-cert", () => new X509Certificate(cert));
  const secret = reading("broker-key", () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(secret))
    throw new CloudStartError(
      "the key of --broker-key does not belong to the certificate of --broker-cert",
      "Give both files of one certificate; the broker's own comes first in a file with several.",
    );
  return certificate;
}

export interface CertificateFinding {
  readonly state: "ok" | "warning" | "failure";
  readonly detail: string;
  readonly fix?: string;
}

const dayMs = 86_400_000;
const soonDays = 14;

/** Whether lanes can trust a certificate under the name by which they reach the broker. @throws CloudStartError */
export function examineCertificate(tls: BrokerTls, laneUrl: string, now: Date): CertificateFinding {
  const certificate = readPair(tls);
  const name = new URL(laneUrl).hostname.replace(/^\[|\]$/g, "");
  const matches = isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name);
  const from = new Date(certificate.validFrom);
  const until = new Date(certificate.validTo);
  const day = until.toISOString().slice(0, 10);
  const renew = "Renew it, put the files in place and start headquarters again.";
  if (matches === undefined)
    return {
      ...{ state: "failure", detail: `the broker's certificate is not for ${name}: lanes refuse it` },
      fix: "Get one with this name in it, or give the name in it with --lane-broker-url.",
    };
  if (now < from || now > until)
    return {
      state: "failure",
      detail: `the broker's certificate is not valid now (until ${day})`,
      fix: renew,
    };
  if (until.getTime() - now.getTime() < soonDays * dayMs)
    return { state: "warning", detail: `the broker's certificate ends on ${day}`, fix: renew };
  return { state: "ok", detail: `certificate for ${name} until ${day}` };
}
