import { mkdirSync } from "node:fs";
import { describeError, InvalidInputError } from "@tillsight/contracts";
import type { Catalog } from "../catalog/index.js";
import type { DaemonConfig } from "../config/schema.js";
import { KioskApi } from "../kiosk-api/index.js";
import type { Uplink } from "../uplink/index.js";
import { type Assembly, type DaemonDeps, newAssembly } from "./assembly.js";
import { cameraHealth, networksHealth, progressHealth } from "./health-parts.js";
import { Lane } from "./lane.js";
import { laneNotices } from "./notices.js";
import { startPulse } from "./pulse.js";
import { withRemoteSettings } from "./remote-settings.js";
import { RecognitionTrouble, startSeeing } from "./seeing.js";
import { type Selling, startSelling } from "./selling.js";
import { TrayPicture } from "./tray-picture.js";
import { createUplink, startReporting } from "./uplink.js";

/** The running lane. */
export interface Daemon {
  readonly lane: Lane;
  readonly catalog: Catalog;
  /** Address of the kiosk page. */
  readonly url: string;
  /** Ordered, bounded in time, idempotent. Rejects with ShutdownError when a part did not stop cleanly. */
  stop(): Promise<void>;
}

/**
 * Puts the lane together and starts it: what is durable first, what makes it visible next, the camera last.
 * Rejects with the first part's error, after stopping what had begun.
 */
export async function startDaemon(
  local: DaemonConfig,
  deps: DaemonDeps,
  signal: AbortSignal,
): Promise<Daemon> {
  makeDataDir(local.dataDir);
  const config = withRemoteSettings(local, deps.log);
  const assembly = newAssembly(config, deps);
  const { parts, trouble } = assembly;
  try {
    const running = await assemble(assembly, signal);
    await deps.manager.ready();
    const stop = async (): Promise<void> => {
      await deps.manager.stopping();
      await parts.stop();
    };
    return { ...running, stop };
  } catch (error) {
    await parts.stop().catch((late: unknown) => trouble("what had begun did not stop cleanly", late));
    throw error;
  }
}

function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
  } catch (cause) {
    throw new InvalidInputError(
      `the data folder ${dataDir} cannot be made: ${describeError(cause)}`,
      "Set dataDir to a folder that the daemon's user may write.",
      { cause },
    );
  }
}

async function assemble(assembly: Assembly, signal: AbortSignal): Promise<Omit<Daemon, "stop">> {
  const { deps, parts, health, progress } = assembly;
  const selling = await startSelling(assembly);
  signal.throwIfAborted();
  const picture = new TrayPicture(deps.camera);
  const failing = new RecognitionTrouble();
  const uplink = createUplink(assembly, selling, picture);
  const lane = createLane(assembly, selling, picture, failing, uplink);
  await parts.begin(
    "lane",
    () => lane.start(),
    () => lane.stop(),
  );
  const { camera, networks } = deps;
  health.register("camera", () => cameraHealth(camera.status()));
  health.register("models", () => networksHealth([networks.detector.info, networks.embedder.info]));
  health.register("loops", () => progressHealth(progress.stale()));
  const url = await startApi(assembly, lane);
  signal.throwIfAborted();
  await startSeeing(assembly, selling.catalog, lane, picture, failing);
  await startReporting(assembly, { uplink, selling, lane, picture });
  await startPulse(assembly, selling, lane);
  return { lane, catalog: selling.catalog, url };
}

function createLane(
  assembly: Assembly,
  selling: Selling,
  picture: TrayPicture,
  failing: RecognitionTrouble,
  uplink: Uplink,
): Lane {
  const { config, deps, health, metrics } = assembly;
  const { catalog, keeper, dispatcher, sink } = selling;
  return new Lane({
    storeName: config.storeName,
    keeper,
    catalog,
    log: deps.log,
    now: () => deps.clock.now(),
    serviceMode: () => uplink.serviceMode,
    notices: () =>
      laneNotices({
        camera: deps.camera.status(),
        references: catalog.referenceCount,
        foreignReferences: catalog.foreignReferenceCount,
        recognition: failing.now,
        serviceMode: uplink.serviceMode,
        others: [...keeper.notices(), ...dispatcher.notices()],
      }),
    tillConnected: () => sink.connected(),
    picture: () => picture.newest(),
    health: () => health.report(),
    metrics: () => {
      metrics.framesDropped.set(deps.camera.status().dropped);
      metrics.catalogLsn.set(catalog.lsn);
      metrics.references.set(catalog.referenceCount);
      return metrics.registry.metrics();
    },
  });
}

function startApi({ config, deps, parts }: Assembly, lane: Lane): Promise<string> {
  const { host, port, attendantPin } = config.kiosk;
  const api = new KioskApi({
    lane,
    clock: deps.clock,
    log: deps.log,
    host,
    port,
    pageDir: deps.pageDir,
    attendantPin,
    ...(deps.demo && { demo: deps.demo }),
  });
  return parts.begin(
    "kiosk API",
    () => api.start(),
    () => api.stop(),
  );
}
