import { join } from "node:path";
import type { Beat, Birth } from "@tillsight/contracts";
import { OrderRefusedError, Uplink } from "../uplink/index.js";
import { version } from "../version.js";
import type { Assembly } from "./assembly.js";
import { brokerAccess } from "./broker-access.js";
import { CropTaker } from "./crop-taker.js";
import type { Lane } from "./lane.js";
import { readFigures } from "./measure.js";
import { NoticeTeller } from "./notice-teller.js";
import type { Selling } from "./selling.js";
import { sampleOf } from "./telemetry.js";
import type { TrayPicture } from "./tray-picture.js";

/** The lane's way up, not yet started. @throws InvalidInputError for broker settings that cannot be read */
export function createUplink(assembly: Assembly, selling: Selling, picture: TrayPicture): Uplink {
  const { config, deps, health } = assembly;
  const { settings } = selling;
  const { store, terminal, sync } = config;
  const startedAt = deps.clock.now().getTime();
  return new Uplink({
    ...{ store, terminal, journal: selling.journal, log: deps.log, clock: deps.clock },
    file: join(config.dataDir, "uplink", "outbox.db"),
    limitBytes: config.uplink.maxMegabytes * 2 ** 20,
    beatSeconds: config.uplink.beatSeconds,
    ...(sync.brokerUrl === undefined ? {} : { broker: { url: sync.brokerUrl, ...brokerAccess(sync) } }),
    hooks: {
      restart: () => deps.restart?.(),
      picture: () => picture.newest(),
      takeSettings: (number, desired) => settings.take(number, desired),
      mayRestart: () => {
        if (!deps.restart)
          throw new OrderRefusedError("this lane cannot start itself again", "Restart it where it runs.");
      },
    },
    birth: () => ({ version, startedAt, models: modelsOf(assembly), config: settings.report() }),
    beat: () => beatOf(selling, health.report()),
  });
}

function modelsOf({ deps }: Assembly): Birth["models"] {
  const { detector, embedder, print } = deps.networks;
  const of = ({ id, provider }: typeof detector.info) => ({ id: id.slice(0, 80), provider });
  return {
    detector: of(detector.info),
    embedder: of(embedder.info),
    ...(print && { print: of(print.info) }),
  };
}

function beatOf(
  { catalog, keeper }: Selling,
  report: ReturnType<Assembly["health"]["report"]>,
): Pick<Beat, "lsn" | "health" | "troubles" | "basket" | "helpWanted"> {
  const troubles = Object.entries(report.parts)
    .filter(([, part]) => part.state !== "ok")
    .map(([name, part]) => [name, part.detail.slice(0, 300)] as const);
  const { status, helpWanted } = keeper.basket;
  return {
    ...{ lsn: catalog.lsn, health: report.state, troubles: Object.fromEntries(troubles) },
    ...{ basket: status, helpWanted },
  };
}

/** Starts the way up and everything that has something to tell. */
export async function startReporting(
  assembly: Assembly,
  on: { uplink: Uplink; selling: Selling; lane: Lane; picture: TrayPicture },
): Promise<void> {
  const { config, deps, parts, health, metrics, trouble } = assembly;
  const { uplink, selling, lane, picture } = on;
  await parts.begin(
    "uplink",
    () => uplink.start(),
    () => uplink.stop(),
    5_000,
  );
  health.register("uplink", () => uplink.health());
  const now = () => deps.clock.now().getTime();
  const notices = new NoticeTeller((event) =>
    uplink.tell("event", { ...event, at: now(), transactionId: null }),
  );
  const crops = new CropTaker({
    ...{ picture, basket: () => selling.keeper.basket, catalogLsn: () => selling.catalog.lsn, now },
    embedderId: deps.networks.embedder.info.id,
    tell: (crop) => uplink.tell("crop", crop),
    onError: (error) => trouble("a picture for review could not be taken", error),
  });
  const undo = [
    selling.keeper.onChange((_, events) => {
      if (events.some(({ body }) => body.type === "transactionDone" || body.type === "transactionCancelled"))
        uplink.saleEnded();
    }),
    lane.onChange((change) => {
      if (change.type === "notices") notices.now(change.notices);
      if (change.type === "tray" && config.uplink.reviewCrops) crops.onTray(change.tray);
    }),
  ];
  let timer: NodeJS.Timeout | undefined;
  const sample = async () => {
    readFigures({ ...assembly, ...selling, camera: deps.camera });
    uplink.tell("telemetry", await sampleOf(metrics.registry, now()));
  };
  const everyMs = config.uplink.telemetrySeconds * 1000;
  await parts.begin(
    "reporting",
    () => {
      notices.now(lane.view().notices);
      if (everyMs > 0)
        timer = setInterval(() => void sample().catch((e) => trouble("no telemetry", e)), everyMs).unref();
    },
    () => {
      clearInterval(timer);
      for (const step of undo) step();
    },
  );
}
