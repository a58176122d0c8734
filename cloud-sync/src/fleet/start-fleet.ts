import { randomBytes, timingSafeEqual } from "node:crypto";
import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  describeError,
  headquartersRights,
  type MqttVersion,
  type NodeName,
  type TopicRights,
  terminalUser,
} from "@tillsight/contracts";
import type { RollbackParts } from "../catalog/rollback/rollback.js";
import type { Share } from "../copies/copies.js";
import { CloudStartError } from "../errors.js";
import type { Logger } from "../log.js";
import type { Broker } from "../publish/broker.js";
import type { BrokerAccess } from "../publish/publisher.js";
import { mosquittoAcl, mosquittoPassword } from "../publish/rights.js";
import type { Database } from "../storage/database.js";
import type { ObjectStore } from "../storage/objects/object-store.js";
import { NatsRelay } from "../upward/nats-relay.js";
import { Relay } from "../upward/relay.js";
import { defaultKeepDays, type KeepDays, Retention } from "../upward/retention.js";
import { UpwardStore } from "../upward/store.js";
import type { Credentials } from "./credentials.js";
import { Fleet } from "./fleet.js";
import type { ModelShelf } from "./models/shelf.js";
import { Rollouts } from "./rollout/rollouts.js";
import type { TerminalId } from "./terminals.js";

/** Told of each credential that is new or gone. */
const credentialsChannel = "credentials";

/** Headquarters' own user at a broker that asks. */
const ownUser = "headquarters";

/** Whom an embedded broker lets in: headquarters by a password of this run, and registered terminals. */
export function brokerGate(credentials: Credentials): {
  readonly access: BrokerAccess;
  readonly authenticate: (username: string, password: string) => Promise<TopicRights | null>;
} {
  const access = { username: ownUser, password: randomBytes(24).toString("base64url") };
  const own = Buffer.from(access.password);
  return {
    access,
    async authenticate(username, password) {
      if (username !== ownUser) return credentials.rightsOf(username, password);
      const given = Buffer.from(password);
      return given.length === own.length && timingSafeEqual(given, own) ? headquartersRights : null;
    },
  };
}

export interface FleetStart {
  readonly db: Database;
  readonly objects: ObjectStore;
  readonly stores: () => Promise<readonly NodeName[]>;
  readonly credentials: Credentials;
  /** For rollouts that are taken back. */
  readonly rollback: RollbackParts;
  readonly models: ModelShelf;
  readonly broker: Broker | undefined;
  readonly brokerUrl: string;
  readonly access: BrokerAccess | undefined;
  readonly ca: string | undefined;
  readonly mqttVersion: MqttVersion | undefined;
  readonly share: Share;
  /** Folder that gets `passwords` and `acl` for mosquitto, written anew with each change. */
  readonly mosquittoDir: string | undefined;
  /** `nats://…`: everything that comes up is passed on there. */
  readonly relayUrl: string | undefined;
  /** How long telemetry and events stay. */
  readonly keepDays?: KeepDays | undefined;
  readonly log: Logger;
}

export interface FleetParts {
  readonly fleet: Fleet;
  readonly rollouts: Rollouts;
  readonly upward: UpwardStore;
  stop(): Promise<void>;
  /** To be called when somebody got a credential, or a terminal lost its. @throws CloudStartError */
  credentialsChanged(revoked?: TerminalId): Promise<void>;
}

/** Everything that listens to lanes, running. @throws CloudStartError */
export async function startFleet(o: FleetStart): Promise<FleetParts> {
  const now = () => new Date();
  const upward = new UpwardStore({ db: o.db, objects: o.objects, now, relayed: o.relayUrl !== undefined });
  const fleet = new Fleet({
    ...{ db: o.db, objects: o.objects, stores: o.stores, now, log: o.log },
    ...{ brokerUrl: o.brokerUrl, access: o.access, ca: o.ca, mqttVersion: o.mqttVersion, share: o.share },
    takeBatch: (from, batch) => upward.take(from, batch),
  });
  let writing = Promise.resolve();
  // One after another: each is told of its own change by the database too.
  const writeFiles = (): Promise<void> => {
    const { mosquittoDir } = o;
    if (mosquittoDir === undefined) return writing;
    const written = writing.then(() => writeMosquitto(mosquittoDir, o.credentials, o.access));
    writing = written.catch(() => {});
    return written;
  };
  await writeFiles();
  const unlisten = await o.db.listen(credentialsChannel, () => {
    writeFiles().catch((error: unknown) => o.log.error("mosquitto's files", { error: describeError(error) }));
  });
  fleet.start();
  const rollouts = new Rollouts({
    ...{ db: o.db, fleet, now, log: o.log, share: o.share, rollback: o.rollback, models: o.models },
  });
  rollouts.start();
  const relay =
    o.relayUrl === undefined
      ? undefined
      : new Relay({ db: o.db, target: new NatsRelay(o.relayUrl), log: o.log, share: o.share });
  relay?.start();
  const keep = o.keepDays ?? defaultKeepDays;
  const retention = new Retention({ db: o.db, objects: o.objects, keep, now, log: o.log, share: o.share });
  retention.start();
  return {
    ...{ fleet, rollouts, upward },
    async stop() {
      await unlisten();
      await writing;
      await rollouts.stop();
      await fleet.stop();
      await relay?.stop();
      await retention.stop();
    },
    async credentialsChanged(revoked) {
      await writeFiles();
      // Another copy may be the one beside mosquitto.
      await o.db.query("select pg_notify($1, '')", [credentialsChannel]);
      if (revoked) o.broker?.disconnect(terminalUser(revoked.store, revoked.terminal));
    },
  };
}

/** mosquitto reads both at SIGHUP; each is the old one or the new one, never half of either. */
async function writeMosquitto(dir: string, credentials: Credentials, access: BrokerAccess | undefined) {
  const { passwords, users } = await credentials.brokerUsers();
  const own = access ? [mosquittoPassword(access.username, access.password)] : [];
  const files = {
    passwords: [...own, ...passwords].map((line) => `${line}\n`).join(""),
    acl: mosquittoAcl([{ username: access?.username ?? ownUser, rights: headquartersRights }, ...users]),
  };
  for (const [name, text] of Object.entries(files)) {
    const file = join(dir, name);
    try {
      await writeFile(`${file}.new`, text, { mode: 0o640 });
      await rename(`${file}.new`, file);
    } catch (cause) {
      throw new CloudStartError(`${file} cannot be written`, "Check --mosquitto-files and its rights.", {
        cause,
      });
    }
  }
}
