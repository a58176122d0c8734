import { rm, writeFile } from "node:fs/promises";
import type { HealthReport, MqttVersion, NodeName } from "@tillsight/contracts";
import { publicKeyText } from "@tillsight/sync-protocol";
import { Access } from "./access/access.js";
import { writeLocalToken } from "./access/local-token.js";
import { CloudCatalog } from "./catalog/catalog.js";
import { Imports } from "./catalog/transfer/imports.js";
import { agree } from "./copies/agreement.js";
import { Copies } from "./copies/copies.js";
import { Enrolment } from "./enrol/enrolment.js";
import type { FetchOptions } from "./enrol/fetch-picture.js";
import { PhotoStore } from "./enrol/photo-store.js";
import type { QueueOptions } from "./enrol/queue/queue.js";
import type { PhotoReader } from "./enrol/reading.js";
import { CloudStartError } from "./errors.js";
import { Credentials } from "./fleet/credentials.js";
import type { Fleet } from "./fleet/fleet.js";
import { ModelShelf } from "./fleet/models/shelf.js";
import { brokerGate, startFleet } from "./fleet/start-fleet.js";
import { addressFile, lockFolder } from "./folder-lock.js";
import { isLoopback, ownUrl } from "./http/address.js";
import type { RateLimits } from "./http/rate-limit.js";
import { createServer, type ServerParts } from "./http/server.js";
import { type Logger, silentLogger } from "./log.js";
import { report, version } from "./observe/health.js";
import { measure } from "./observe/measure.js";
import { createMetrics } from "./observe/metrics.js";
import { type Broker, startBroker } from "./publish/broker.js";
import { type BrokerTls, type CertificateFinding, examineCertificate } from "./publish/broker-place.js";
import { type BrokerAccess, Publisher } from "./publish/publisher.js";
import { loadSigningKey, signingKeyFile } from "./publish/signing-key.js";
import { openObjectStore } from "./storage/objects/open.js";
import { openDatabase } from "./storage/open.js";
import type { KeepDays } from "./upward/retention.js";

export interface CloudSyncOptions {
  /** Folder of the catalog database, the pictures and the local token; created when missing. */
  readonly dataDir: string;
  /** Store whose lanes are served, as in their topics. */
  readonly store: NodeName;
  /** Of the vectors that this catalog holds. */
  readonly embedderId: string;
  /** Makes references of photos. Left out: this copy takes photos and leaves them to others. */
  readonly photoReader?: PhotoReader | undefined;
  /** Cosine from which the lane takes two pictures for the same product (the embedder's threshold). */
  readonly match?: number | undefined;
  /** References that a product may have, the photos that add least give way; left out: any number. */
  readonly mostReferences?: number | undefined;
  /** How pictures behind links may be fetched. */
  readonly links?: Omit<FetchOptions, "signal">;
  /** Leases and repetitions of enrolment. */
  readonly enrolQueue?: QueueOptions;
  /** Of the HTTP API and console; 0 (the default) lets the system choose. */
  readonly port?: number;
  /** Address to listen on; 127.0.0.1 (the default): this machine alone. */
  readonly host?: string;
  /** Proxies with TLS in front of it, as addresses or networks: `10.0.0.0/8`. Believed about who calls. */
  readonly trustProxy?: string | undefined;
  /** Where people open the console, such as `https://hq.example`, when it is not where this process listens. */
  readonly publicUrl?: string | undefined;
  /** Calls a second of a user, a token, an address; see `defaultRateLimits`. */
  readonly rateLimits?: RateLimits | undefined;
  /** Folder of the built console; by default where `npm run build` puts it. */
  readonly consoleDir?: string | undefined;
  /** Work of a password's hash, as a power of two; 15 unless a test has no time for it. */
  readonly passwordLog2N?: number | undefined;
  /** Time of sessions, tokens and links. */
  readonly now?: () => Date;
  /** A broker of your own; left out, one is embedded. */
  readonly brokerUrl?: string;
  /** User and password at that broker. */
  readonly brokerAccess?: BrokerAccess | undefined;
  /** PEM of the authority that signed that broker's certificate, when the system does not know it. */
  readonly brokerCa?: string | undefined;
  /** To be spoken with that broker; left out: MQTT 5, or 3.1.1 where it says that it does not speak 5. */
  readonly mqttVersion?: MqttVersion | undefined;
  /** Of the embedded broker; 0 (the default) lets the system choose. */
  readonly brokerPort?: number;
  /** Address on which the embedded broker listens; beyond 127.0.0.1 (the default) with `brokerTls` only. */
  readonly brokerHost?: string | undefined;
  /** PEM of its certificate and key: lanes then reach it by TLS. */
  readonly brokerTls?: BrokerTls | undefined;
  /**
   * The embedded broker lets nobody in but registered terminals. False (the default): everybody on this machine;
   * beyond this machine it always holds.
   */
  readonly registeredOnly?: boolean;
  /** The broker's address as lanes reach it, told to a terminal that registers. */
  readonly laneBrokerUrl?: string | undefined;
  /** Folder for mosquitto's `passwords` and `acl`, written anew with each registered terminal. */
  readonly mosquittoDir?: string | undefined;
  /** `nats://…` of a server with JetStream: what lanes send up is passed on there too. */
  readonly relayUrl?: string | undefined;
  /** How long what lanes report stays; see `defaultKeepDays`. */
  readonly keepDays?: KeepDays | undefined;
  /** PEM file of the Ed25519 key that signs catalogs; by default one in the data folder, made at the first start. */
  readonly signingKeyFile?: string | undefined;
  /** This copy's signing key takes the place of the one that the database knows, which is lost. */
  readonly adoptKey?: boolean;
  /** `postgresql://…` of a server, 15 or later; left out, the database is embedded in the data folder. */
  readonly databaseUrl?: string | undefined;
  /** A folder, or `s3://BUCKET/PREFIX?endpoint=…&region=…`; by default a folder in the data folder. */
  readonly objectStore?: string | undefined;
  readonly log?: Logger;
}

export interface CloudSync {
  /** Of the HTTP API. */
  readonly url: string;
  /** What lanes connect to. */
  readonly brokerUrl: string;
  /** Public key of headquarters, as lanes have it in their settings (`sync.trustedKeys`). */
  readonly publicKey: string;
  /** Bearer token with every right, of this run, for the process that composes it and commands on the data folder. */
  readonly token: string;
  /** Where the first administrator chooses a password, once, within 24 h; undefined when there are accounts. */
  readonly setupUrl: string | undefined;
  /** The catalog itself, for a composition in the same process. */
  readonly catalog: CloudCatalog;
  readonly publisher: Publisher;
  readonly fleet: Fleet;
  health(): Promise<HealthReport>;
  /** Idempotent; closes in the reverse order of starting. */
  stop(): Promise<void>;
}

/** Undoes in reverse order, every step, and reports the first failure. */
class Undo {
  readonly #steps: (() => Promise<unknown>)[] = [];
  #done: Promise<void> | undefined;

  add(step: () => Promise<unknown>): void {
    this.#steps.unshift(step);
  }

  run(): Promise<void> {
    this.#done ??= this.#runOnce();
    return this.#done;
  }

  async #runOnce(): Promise<void> {
    const failures: unknown[] = [];
    for (const step of this.#steps) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

/**
 * Headquarters in one process: catalog, HTTP API, publisher and, unless there is one, a broker.
 *
 * @throws CloudStartError (folder, port), CloudNewerError; nothing is left running then.
 */
export async function startCloudSync(options: CloudSyncOptions): Promise<CloudSync> {
  const undo = new Undo();
  try {
    return await startParts(options, undo);
  } catch (error) {
    await undo.run().catch(() => {});
    throw error;
  }
}

async function startParts(options: CloudSyncOptions, undo: Undo): Promise<CloudSync> {
  const { dataDir, store, log = silentLogger } = options;
  undo.add(await lockFolder(dataDir));
  const db = await openDatabase({ dataDir, databaseUrl: options.databaseUrl, log });
  undo.add(() => db.close());
  const catalog = await CloudCatalog.open(db, options.embedderId);
  undo.add(() => catalog.close());
  await catalog.putStore(store);
  const { token, remove } = await writeLocalToken(dataDir);
  undo.add(remove);
  const access = new Access({
    ...{ db, localToken: token, passwordLog2N: options.passwordLog2N },
    ...(options.now ? { now: options.now } : {}),
  });
  const objects = await openObjectStore(dataDir, options.objectStore);
  undo.add(() => objects.close());
  const photos = new PhotoStore(objects);
  const imports = new Imports(db);
  await imports.start();
  const enrolment = new Enrolment({
    ...{ db, catalog, photos, log, reader: options.photoReader, match: options.match },
    ...{
      links: options.links ?? {},
      queue: options.enrolQueue ?? {},
      mostReferences: options.mostReferences,
    },
  });
  await enrolment.embedAgain();
  const credentials = new Credentials(db);
  const { brokerHost = "127.0.0.1", brokerTls, laneBrokerUrl } = options;
  const guarded = options.registeredOnly || !isLoopback(brokerHost);
  const gate = guarded ? brokerGate(credentials) : undefined;
  let broker: Broker | undefined;
  if (options.brokerUrl === undefined) {
    const authenticate = gate ? { authenticate: gate.authenticate } : {};
    const place = { host: brokerHost, port: options.brokerPort ?? 0, tls: brokerTls, laneBrokerUrl };
    broker = await startBroker({ ...place, ...authenticate });
    undo.add(broker.close);
    if (brokerTls) tellCertificate(examineCertificate(brokerTls, broker.url, new Date()), log);
  }
  const brokerUrl = options.brokerUrl ?? broker?.ownUrl ?? "";
  const brokerAccess = broker ? gate?.access : options.brokerAccess;
  const connection = {
    ...{ brokerUrl, access: brokerAccess, ca: options.brokerCa },
    // The embedded broker speaks nothing newer.
    mqttVersion: broker ? 4 : options.mqttVersion,
  } as const;
  const key = await loadSigningKey(options.signingKeyFile ?? signingKeyFile(dataDir));
  await agree(db, key.publicKey.id, options.embedderId, options.adoptKey ?? false);
  const copies = new Copies({
    ...{ db, log, fit: () => publisher.connected && fleetParts.fleet.connected },
  });
  const stores = async () => (await catalog.stores()).map(({ name }) => name);
  const models = new ModelShelf(db, objects);
  const publisher = new Publisher({
    ...{ db, feed: catalog.feed, stores, key, models, log, share: copies, ...connection },
  });
  publisher.start();
  undo.add(() => publisher.stop());
  const hasPhoto = (photo: string) => photos.has(photo);
  const rollback = { db, embedderId: catalog.embedderId, hasPhoto };
  const fleetParts = await startFleet({
    ...{ rollback, models, db, objects, stores, credentials, broker, log, share: copies, ...connection },
    ...{ mosquittoDir: options.mosquittoDir, relayUrl: options.relayUrl, keepDays: options.keepDays },
  });
  undo.add(() => fleetParts.stop());
  await copies.start();
  undo.add(() => copies.stop());
  const { fleet } = fleetParts;
  const health = () => report({ db, catalog, publisher, fleet });
  const metrics = createMetrics();
  const measured = { metrics, db, copies, publisher, fleet, upward: fleetParts.upward, health };
  const measuring = { metrics, measure: () => measure(measured) };
  await enrolment.start();
  undo.add(() => enrolment.stop());
  const forLanes = {
    brokerUrl: laneBrokerUrl ?? broker?.url ?? null,
    trustedKeys: [publicKeyText(key.publicKey)],
  };
  const forFleet = { ...fleetParts, rollback, models, credentials, objects, forLanes };
  const { url, consoleUrl } = await serve(
    options,
    { db, catalog, imports, photos, enrolment, access, log, version, health, ...measuring, ...forFleet },
    undo,
  );
  await writeFile(addressFile(dataDir), `${url}\n`, { mode: 0o600 });
  undo.add(() => rm(addressFile(dataDir), { force: true }));
  const setupUrl = (await access.accounts.any())
    ? undefined
    : `${consoleUrl}/setup#${await access.setupLinks.create("local", access.now())}`;
  const forClients = broker?.url ?? brokerUrl;
  log.info("headquarters is up", { url, broker: new URL(forClients).host, store });
  return {
    ...{ url, brokerUrl: forClients, publicKey: publicKeyText(key.publicKey), token, setupUrl },
    ...{ catalog, publisher, fleet, health, stop: () => undo.run() },
  };
}

/** What lanes would stumble over is said at once, though headquarters itself does not need the certificate. */
function tellCertificate({ state, detail, fix }: CertificateFinding, log: Logger): void {
  if (state !== "ok") log.warn(detail, { fix });
}

/** Brings the HTTP server up. @throws CloudStartError */
async function serve(
  options: CloudSyncOptions,
  parts: Omit<ServerParts, "consoleUrl" | "consoleDir" | "trustProxy" | "rateLimits">,
  undo: Undo,
): Promise<{ readonly url: string; readonly consoleUrl: string }> {
  const { host = "127.0.0.1", port = 0, trustProxy, consoleDir, rateLimits } = options;
  let url = "";
  const consoleUrl = () => options.publicUrl?.replace(/\/+$/, "") ?? url;
  const app = await createServer({ ...parts, trustProxy, consoleDir, rateLimits, consoleUrl });
  undo.add(() => app.close());
  await app.listen({ host, port }).catch((cause: unknown) => {
    throw new CloudStartError(
      `${host} port ${port} cannot be used`,
      "Choose another port with --port, or an address of this machine with --host.",
      { cause },
    );
  });
  const [address] = app.addresses();
  url = ownUrl(host, typeof address === "object" ? address.port : port);
  if (!isLoopback(host) && trustProxy === undefined)
    parts.log.warn(
      "passwords and tokens cross the network in clear text: put a proxy with TLS in front of it (--trust-proxy)",
      { host },
    );
  return { url, consoleUrl: consoleUrl() };
}
