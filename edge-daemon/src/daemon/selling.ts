import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { parsePublicKey } from "@tillsight/sync-protocol";
import { Catalog, CatalogFollower } from "../catalog/index.js";
import { TillDispatcher } from "../dispatch/index.js";
import { BasketKeeper, Journal, JournalRetention } from "../journal/index.js";
import { ModelKeeper } from "../networks/model-keeper.js";
import { createLineSink, type TillSink } from "../pos/index.js";
import type { Assembly } from "./assembly.js";
import { brokerAccess } from "./broker-access.js";
import { noticesHealth } from "./health-parts.js";
import { RemoteSettingsFile } from "./remote-settings.js";
import { TillLog } from "./till-log.js";

/** Finished sales stay in the journal for this many days; the till has them for good. */
const keepDays = 30;

/** Catalog, basket and till: what sells, and works without anybody seeing it. */
export interface Selling {
  readonly catalog: Catalog;
  readonly keeper: BasketKeeper;
  /** For reading what is over; the keeper alone writes. */
  readonly journal: Pick<Journal, "endedAfter" | "lastLsn">;
  /** What headquarters set on this lane. */
  readonly settings: RemoteSettingsFile;
  readonly sink: TillSink;
  readonly dispatcher: TillDispatcher;
  /** Products that cannot be paid here, because the till cannot be told their weight. */
  readonly unsoldByWeight: () => number;
}

/** Counted when the catalog changes: this is asked twice a second. */
function countUnsold(catalog: Catalog, sink: TillSink): () => number {
  if (sink.capabilities.weight) return () => 0;
  let count = catalog.weighedCount;
  catalog.onChange(() => {
    count = catalog.weighedCount;
  });
  return () => count;
}

async function startCatalog(
  { config, deps, parts, health }: Assembly,
  settings: RemoteSettingsFile,
): Promise<{ catalog: Catalog; follower: CatalogFollower | undefined }> {
  const { log, clock } = deps;
  const { embedder } = deps.networks;
  const catalog = new Catalog({
    dir: join(config.dataDir, "catalog"),
    embedderId: embedder.info.id,
    size: embedder.size,
    log,
    clock,
  });
  await parts.begin(
    "catalog",
    () => catalog.start(),
    () => catalog.stop(),
  );
  health.register("catalog", () => ({
    state: "ok",
    detail: `${catalog.referenceCount} references, LSN ${catalog.lsn}`,
    facts: catalog.facts,
  }));
  const { store, terminal } = config;
  const { brokerUrl } = config.sync;
  if (brokerUrl === undefined) return { catalog, follower: undefined };
  const follower = new CatalogFollower({
    ...{ catalog, brokerUrl, store, terminal, log, clock, ...brokerAccess(config.sync) },
    trustedKeys: config.sync.trustedKeys.map(parsePublicKey),
    dir: join(config.dataDir, "catalog", "snapshot"),
    hold: () => settings.catalogLsn,
    ...(deps.models && { modelDir: deps.models.delivered.dir }),
  });
  await parts.begin(
    "catalog follower",
    () => follower.start(),
    () => follower.stop(),
  );
  health.register("sync", () => follower.health());
  return { catalog, follower };
}

async function startBasket(
  assembly: Assembly,
  catalog: Catalog,
  sink: TillSink,
): Promise<{ keeper: BasketKeeper; journal: Journal }> {
  const { config, deps, parts, health, trouble } = assembly;
  const { clock } = deps;
  const journal = new Journal(join(config.dataDir, "journal", "lane.db"));
  const keeper = new BasketKeeper({
    journal,
    currency: config.currency,
    sink,
    clock,
    newId: randomUUID,
    product: (sku) => catalog.product(sku),
    onError: (error) => trouble("a listener of the basket failed", error),
  });
  await parts.begin(
    "basket and journal",
    () => keeper.start(),
    () => keeper.stop(),
  );
  const onError = (error: unknown) =>
    trouble("old transactions could not be removed from the journal", error);
  const retention = new JournalRetention({ journal, clock, keepDays, onError });
  await parts.begin(
    "journal retention",
    () => retention.start(),
    () => retention.stop(),
  );
  health.register("basket", () =>
    noticesHealth(keeper.notices(), `${keeper.basket.status}, journal in order`),
  );
  return { keeper, journal };
}

/** Brings networks of headquarters, where there is one to bring them. */
async function startModelKeeper(
  { deps, parts, health }: Assembly,
  settings: RemoteSettingsFile,
  keeper: BasketKeeper,
  follower: CatalogFollower | undefined,
): Promise<void> {
  if (!deps.models || !follower?.models) return;
  const { delivered, shipped, idleMs } = deps.models;
  const { detector, print } = deps.networks;
  const models = new ModelKeeper({
    ...{ delivered, shipped, fetch: follower.models, log: deps.log, clock: deps.clock },
    running: { detector: detector.info.id, print: print?.info.id ?? null },
    wish: () => settings.modelWish,
    idle: () => !["shopping", "paying", "suspended"].includes(keeper.basket.status),
    restart: deps.restart,
    ...(idleMs === undefined ? {} : { idleMs }),
  });
  settings.models = models;
  await parts.begin(
    "networks of headquarters",
    () => models.start(),
    () => models.stop(),
  );
  health.register("delivery", () => models.health());
}

/** Starts what is durable before anything that shows it. Rejects with the first part's error. */
export async function startSelling(assembly: Assembly): Promise<Selling> {
  const { config, deps, parts, health, metrics, trouble } = assembly;
  const settings = new RemoteSettingsFile(config, deps.networks.embedder.info.id);
  const { catalog, follower } = await startCatalog(assembly, settings);
  const sink = createLineSink(config.till, { clock: deps.clock });
  const { keeper, journal } = await startBasket(assembly, catalog, sink);
  await startModelKeeper(assembly, settings, keeper, follower);
  const tillLog = new TillLog(deps.log);
  sink.onTrace((trace) => tillLog.hear(trace));
  await parts.begin(
    "till",
    () => sink.start(),
    () => sink.stop(),
  );
  const dispatcher = new TillDispatcher({
    queue: keeper,
    sink,
    clock: deps.clock,
    onTrouble: (what, error) => {
      metrics.tillTroubles.inc();
      trouble(what, error);
    },
  });
  await parts.begin(
    "dispatcher",
    () => dispatcher.start(),
    () => dispatcher.stop(),
    5_000,
  );
  health.register("till", () => ({
    ...noticesHealth(dispatcher.notices(), `${config.till.protocol} at ${config.till.path}`),
    facts: { ...sink.counters(), waiting: keeper.waiting() },
  }));
  return { catalog, keeper, journal, settings, sink, dispatcher, unsoldByWeight: countUnsold(catalog, sink) };
}
