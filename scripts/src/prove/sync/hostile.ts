import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { loadSigningKey, signingKeyFile } from "@tillsight/cloud-sync";
import { type CatalogDelta, type RefusalReason, topics } from "@tillsight/contracts";
import { CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import {
  encodeChunk,
  encodeFrame,
  generateSigningKey,
  parsePublicKey,
  readMessage,
  type SigningKey,
  sealDelta,
  sealHead,
  sealManifest,
  sha256,
  Trust,
} from "@tillsight/sync-protocol";
import mqtt, { type MqttClient } from "mqtt";
import { createRandom, type Random } from "../../virtual/random.js";
import { catalogRows, embedderId, productOf } from "./goods.js";
import { openHeadquarters, store } from "./headquarters.js";
import { MemoryFeed } from "./memory-feed.js";

export interface HostileOptions {
  readonly messages: number;
  readonly seed?: number;
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface HostileRow {
  readonly attack: string;
  readonly sent: number;
  /** What they were refused for. */
  readonly reasons: Readonly<Partial<Record<RefusalReason, number>>>;
  readonly expected: readonly RefusalReason[];
  readonly applied: number;
}

/** What an attacker has: everything that was published so far, and keys of his own; of one attack even headquarters' key. */
interface Arsenal {
  readonly random: Random;
  /** Deltas as they were published, the last one not yet applied by the lane. */
  readonly past: readonly Buffer[];
  readonly next: Buffer;
  readonly nextDelta: CatalogDelta;
  readonly key: SigningKey;
  readonly ownKey: SigningKey;
}

type Shot = { readonly topic: string; readonly payload: Buffer };

interface Attack {
  readonly name: string;
  readonly expected: readonly RefusalReason[];
  shoot(arsenal: Arsenal): Shot;
}

const onDelta = (payload: Buffer): Shot => ({ topic: topics.catalogDelta.topic(store), payload });
const onAnswer = (payload: Buffer): Shot => ({ topic: topics.catalogAnswer.topic(store, "lane-1"), payload });
const onHead = (payload: Buffer): Shot => ({ topic: topics.catalogHead.topic(store), payload });

function flipBits({ random, next }: Arsenal): Shot {
  const bytes = Buffer.from(next);
  for (let flips = random.int(1, 8); flips > 0; flips--) {
    const at = random.int(0, bytes.length - 1);
    bytes[at] = (bytes[at] as number) ^ (1 << random.int(0, 7));
  }
  return onDelta(bytes.equals(next) ? Buffer.from("x") : bytes);
}

/** The frame is whole, its checksum right, and the body another one. */
function forge({ next, random }: Arsenal): Shot {
  const payload = Buffer.from(next.subarray(13));
  const at = random.int(8, payload.length - 1);
  payload[at] = (payload[at] as number) ^ 0x55;
  return onDelta(encodeFrame("delta", payload));
}

const changed = (fields: (arsenal: Arsenal) => Partial<CatalogDelta>) => (arsenal: Arsenal) =>
  onDelta(sealDelta(store, { ...arsenal.nextDelta, ...fields(arsenal) }, arsenal.key));

const randomBytes = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.int(0, 255)));

const attacks: readonly Attack[] = [
  {
    name: "damaged: one to eight bits flipped",
    expected: ["damaged", "truncated", "malformed"],
    shoot: flipBits,
  },
  {
    name: "truncated at a random byte",
    expected: ["truncated"],
    shoot: ({ random, next }) => onDelta(next.subarray(0, random.int(0, next.length - 1))),
  },
  {
    name: "reordered: a later delta first",
    expected: ["gap"],
    shoot: changed(({ nextDelta, random }) => {
      const fromLsn = nextDelta.toLsn + random.int(0, 50);
      return { fromLsn, toLsn: fromLsn + 1 };
    }),
  },
  {
    name: "replayed: any delta of the past",
    expected: ["replayed"],
    shoot: ({ random, past }) => onDelta(random.pick(past)),
  },
  { name: "body changed, checksum made right again", expected: ["badSignature"], shoot: forge },
  {
    name: "signed by a key of his own",
    expected: ["unknownKey"],
    shoot: ({ nextDelta, ownKey }) => onDelta(sealDelta(store, nextDelta, ownKey)),
  },
  {
    name: "signed by headquarters for another store",
    expected: ["badSignature"],
    shoot: ({ nextDelta, key }) => onDelta(sealDelta("other", nextDelta, key)),
  },
  {
    name: "of another embedder",
    expected: ["wrongEmbedder"],
    shoot: changed(() => ({ embedderId: "other" })),
  },
  {
    name: "of another history",
    expected: ["wrongEpoch"],
    shoot: changed(({ nextDelta }) => ({ epoch: nextDelta.epoch + 1 })),
  },
  {
    name: "from another state",
    expected: ["preHash"],
    shoot: changed(({ random }) => ({ preHash: randomBytes(random, 32) })),
  },
  {
    name: "to another state than its rows make",
    expected: ["postHash"],
    shoot: changed(({ random }) => ({ postHash: randomBytes(random, 32) })),
  },
  {
    name: "good rows, then one that is none",
    expected: ["unreadableRow"],
    shoot: changed(({ nextDelta, random }) => ({ rows: [...nextDelta.rows, randomBytes(random, 20)] })),
  },
  {
    name: "an old head",
    expected: ["replayed"],
    shoot: ({ nextDelta, key }) =>
      onHead(
        sealHead(
          store,
          {
            ...{ epoch: nextDelta.epoch, lsn: 1, oldestLsn: 0, stateHash: nextDelta.preHash, rows: 1 },
            ...{ snapshot: null, embedderId, sequence: 1, issuedAt: 1 },
          },
          key,
        ),
      ),
  },
  {
    name: "a snapshot of another embedder",
    expected: ["wrongEmbedder"],
    shoot: ({ nextDelta, key }) => {
      const { epoch, toLsn: lsn, postHash: stateHash } = nextDelta;
      const manifest = { epoch, lsn, stateHash, embedderId: "other", rows: 0, cutAt: 1, chunks: [] };
      return onAnswer(sealManifest(store, manifest, key).bytes);
    },
  },
  {
    name: "a chunk that nobody asked for",
    expected: ["notAsked"],
    shoot: ({ random }) => {
      const bytes = randomBytes(random, 100);
      return onAnswer(encodeChunk({ sha256: sha256(bytes), bytes }));
    },
  },
  {
    name: "a chunk with another's hash",
    expected: ["malformed"],
    shoot: ({ random }) =>
      onAnswer(encodeChunk({ sha256: randomBytes(random, 32), bytes: randomBytes(random, 100) })),
  },
  {
    name: "random bytes",
    expected: ["malformed", "truncated"],
    shoot: ({ random }) => onDelta(randomBytes(random, random.int(1, 400))),
  },
];

/** Counts of `after` beyond `before`. */
function since(
  before: HostileRow["reasons"],
  after: HostileRow["reasons"],
): Partial<Record<RefusalReason, number>> {
  const entries = Object.entries(after) as [RefusalReason, number][];
  return Object.fromEntries(
    entries.map(([r, n]) => [r, n - (before[r] ?? 0)]).filter(([, n]) => Number(n) > 0),
  );
}

const total = (reasons: HostileRow["reasons"]): number =>
  Object.values(reasons).reduce((sum, n) => sum + n, 0);

/**
 * Shoots messages at a lane over a real broker while headquarters is silent, some of them signed with its own
 * key. None may be applied, each must be counted with its reason, and the good one that they were made of is
 * applied at the end.
 */
export async function proveHostile(
  options: HostileOptions,
): Promise<{ rows: HostileRow[]; passed: boolean }> {
  const { messages, say = () => {}, signal = new AbortController().signal } = options;
  const dir = mkdtempSync(join(tmpdir(), "tillsight-hostile-"));
  const feed = new MemoryFeed(embedderId, catalogRows(50, 1, 32));
  const hq = await openHeadquarters(dir, feed);
  const catalog = await openCatalog({ dir: join(dir, "lane"), embedderId, size: 32 });
  const follower = new CatalogFollower({
    ...{ catalog, store, terminal: "lane-1", brokerUrl: hq.brokerUrl, dir: join(dir, "lane", "snapshot") },
    trustedKeys: [parsePublicKey(hq.publicKey)],
  });
  const key = await loadSigningKey(signingKeyFile(join(dir, "cloud")));
  const attacker = await mqtt.connectAsync(hq.brokerUrl);
  const until = async (holds: () => boolean) => {
    while (!holds()) await sleep(10, undefined, { signal });
  };
  try {
    follower.start();
    const past = await publishSome(feed, hq.brokerUrl, 20, until, () => catalog.lsn, follower);
    // Headquarters falls silent: what happens now is the attacker's work.
    await hq.publisher.stop();
    feed.put({ kind: "product", product: productOf(1, 123_456) });
    await hq.publisher.history(store).cut();
    const [pending] = await hq.publisher.ledger.unpublished(store, 1);
    const next = Buffer.from(pending?.bytes ?? []);
    const message = readMessage(next, store, new Trust([key.publicKey]));
    if (message.kind !== "delta") return { rows: [], passed: false };
    const arsenal = {
      random: createRandom(options.seed ?? 1),
      past,
      next,
      nextDelta: message.delta,
      key,
      ownKey: generateSigningKey(),
    };
    const rows: HostileRow[] = [];
    for (const [i, attack] of attacks.entries()) {
      const share =
        Math.floor((messages * (i + 1)) / attacks.length) - Math.floor((messages * i) / attacks.length);
      const before = { lsn: catalog.lsn, reasons: follower.sync.refusals };
      await Promise.all(Array.from({ length: share }, () => fire(attacker, attack.shoot(arsenal))));
      await until(() => total(since(before.reasons, follower.sync.refusals)) >= share);
      const reasons = since(before.reasons, follower.sync.refusals);
      rows.push({
        attack: attack.name,
        sent: share,
        reasons,
        expected: attack.expected,
        applied: catalog.lsn - before.lsn,
      });
      say(`${attack.name}: ${share} sent, refused for ${JSON.stringify(reasons)}`);
    }
    const intact = catalog.recount().stateHash === Buffer.from(message.delta.preHash).toString("hex");
    await fire(attacker, onDelta(next));
    await until(() => catalog.lsn === message.delta.toLsn);
    say("the good one was applied");
    return {
      rows,
      passed: intact && rows.every(isRefused) && rows.reduce((sum, { sent }) => sum + sent, 0) === messages,
    };
  } finally {
    await attacker.endAsync(true);
    await follower.stop();
    await catalog.stop();
    await hq.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

const fire = (attacker: MqttClient, { topic, payload }: Shot) =>
  attacker.publishAsync(topic, payload, { qos: 1 });

const isRefused = ({ sent, reasons, expected, applied }: HostileRow): boolean =>
  applied === 0 &&
  total(reasons) === sent &&
  Object.keys(reasons).every((reason) => expected.includes(reason as RefusalReason));

/** Lets headquarters publish, and keeps what it published. */
async function publishSome(
  feed: MemoryFeed,
  brokerUrl: string,
  many: number,
  until: (holds: () => boolean) => Promise<void>,
  lsn: () => number,
  follower: CatalogFollower,
): Promise<Buffer[]> {
  const listener = await mqtt.connectAsync(brokerUrl);
  const past: Buffer[] = [];
  listener.on("message", (_, payload) => past.push(payload));
  await listener.subscribeAsync(topics.catalogDelta.topic(store), { qos: 1 });
  await until(() => follower.sync.behind === 0);
  for (let i = 0; i < many; i++) {
    feed.put({ kind: "product", product: productOf(i, 10_000 + i) });
    feed.tell();
    const want = await feed.lsn();
    await until(() => lsn() === want);
  }
  await until(() => past.length >= many);
  await listener.endAsync();
  return past;
}

export function hostileTable(rows: readonly HostileRow[]): string {
  const said = (reasons: HostileRow["reasons"]) =>
    Object.entries(reasons)
      .map(([reason, n]) => `${reason} ${n}`)
      .join(", ");
  return [
    "| attack | sent | refused as | applied | |",
    "|---|---|---|---|---|",
    ...rows.map(
      (r) =>
        `| ${[r.attack, r.sent, said(r.reasons), r.applied, isRefused(r) ? "passed" : "FAILED"].join(" | ")} |`,
    ),
    `| all | ${rows.reduce((sum, { sent }) => sum + sent, 0)} | | ${rows.reduce((sum, { applied }) => sum + applied, 0)} | |`,
  ].join("\n");
}
