import { readFile } from "node:fs/promises";
import { InvalidInputError } from "@tillsight/contracts";
import { publicKeyText } from "@tillsight/sync-protocol";
import type { CliOptions } from "../cli.js";
import { lockFolder } from "../folder-lock.js";
import { type BrokerTls, checkPlace } from "../publish/broker-place.js";
import { Ledger } from "../publish/ledger.js";
import type { BrokerAccess } from "../publish/publisher.js";
import { rotateSigningKey, signingKeyFile } from "../publish/signing-key.js";
import { openDatabase } from "../storage/open.js";

/** @throws InvalidInputError that names the option */
async function read(file: string, option: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new InvalidInputError(`--${option}: ${file} cannot be read`, "Check the path and its rights.", {
      cause,
    });
  });
}

/** User, password and authority of the broker, from the files that the options name. @throws InvalidInputError */
export async function brokerAccess(
  options: CliOptions,
): Promise<{ brokerAccess?: BrokerAccess; brokerCa?: string }> {
  const { "broker-user": username, "broker-password-file": file, "broker-ca": ca } = options;
  const password = file === undefined ? "" : (await read(file, "broker-password-file")).trim();
  return {
    ...(username === undefined ? {} : { brokerAccess: { username, password } }),
    ...(ca === undefined ? {} : { brokerCa: await read(ca, "broker-ca") }),
  };
}

/**
 * Where the embedded broker listens, with what the files hold that the options name.
 * @throws InvalidInputError, CloudStartError when it must not listen there
 */
export async function embeddedBroker(
  options: CliOptions,
): Promise<{ brokerHost: string; brokerTls?: BrokerTls; laneBrokerUrl?: string | undefined }> {
  const { "broker-host": brokerHost, "broker-cert": cert, "broker-key": key } = options;
  const place = { brokerHost, laneBrokerUrl: options["lane-broker-url"] };
  const own = options["broker-url"] === undefined;
  if (cert === undefined && key === undefined) {
    if (own) checkPlace({ host: brokerHost, laneBrokerUrl: place.laneBrokerUrl });
    return place;
  }
  if (cert === undefined || key === undefined)
    throw new InvalidInputError(
      `--${cert === undefined ? "broker-cert" : "broker-key"} is missing`,
      "Certificate and key go together: --broker-cert FILE --broker-key FILE.",
    );
  if (!own)
    throw new InvalidInputError(
      "--broker-cert is for the embedded broker, and --broker-url names another",
      "Leave one of them out; a broker of your own has its certificate in its own settings.",
    );
  const brokerTls = { cert: await read(cert, "broker-cert"), key: await read(key, "broker-key") };
  checkPlace({ host: brokerHost, tls: brokerTls, laneBrokerUrl: place.laneBrokerUrl });
  return { ...place, brokerTls };
}

/** A new signing key, endorsed by the present one. @returns what to tell the person. @throws CloudStartError, SigningKeyError */
export async function rotateKey(options: CliOptions): Promise<string> {
  const unlock = await lockFolder(options.data);
  try {
    const databaseUrl = options["database-url"] ?? process.env.TILLSIGHT_DATABASE_URL;
    const db = await openDatabase({ dataDir: options.data, databaseUrl });
    try {
      const ledger = new Ledger(db);
      const file = options["signing-key"] ?? signingKeyFile(options.data);
      const revokeOld = options["revoke-old"];
      const stores = await ledger.stores();
      const key = await rotateSigningKey({ file, ledger, stores, revokeOld });
      return `The new key is in ${file}; give it to every copy of headquarters. Lanes learn of it by themselves.
New lanes: sync.trustedKeys = ${publicKeyText(key.publicKey)}
`;
    } finally {
      await db.close();
    }
  } finally {
    await unlock();
  }
}
