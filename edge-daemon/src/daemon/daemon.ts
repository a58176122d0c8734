import type { NetworkInfo } from "@tillsight/models";
import type { Catalog } from "../catalog/index.js";
import { makeDataDir } from "../config/data-dir.js";
import type { DaemonConfig } from "../config/schema.js";
import { KioskApi } from "../kiosk-api/index.js";
import type { Uplink } from "../uplink/index.js";
import { type Assembly, type DaemonDeps, newAssembly } from "./assembly.js";
import { cameraHealth, networksHealth, progressHealth } from "./health-parts.js";
import { Lane } from "./lane.js";
import { measure } from "./measure.js";
import { laneNotices } from "./notices.js";
import { startPulse } from "./pulse.js";
import { withRemoteSettings } from "./remote-settings.js";
import { RecognitionTrouble, type Sight, startSeeing } from "./seeing.js";
import { type Selling, startSelling } from "./selling.js";
import { SuspectedPictures } from "./suspected-pictures.js";
import { TrayPicture } from "./tray-picture.js";
import { UnknownBarcodes } from "./unknown-barcodes.js";
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
    // Side by side: telling systemd may take its time, which is not the parts' to lose.
    const stop = async (): Promise<void> => {
      await Promise.all([deps.manager.stopping(), parts.stop()]);
    };
    return { ...running, stop };
  } catch (error) {
    await parts.stop().catch((late: unknown) => trouble("what had begun did not stop cleanly", late));
    throw error;
  }
}

async function assemble(assembly: Assembly, signal: AbortSignal): Promise<Omit<Daemon, "stop">> {
  const { deps, parts, health, progress } = assembly;
  const selling = await startSelling(assembly);
  signal.throwIfAborted();
  const sight: Sight = {
    picture: new TrayPicture(deps.camera),
    failing: new RecognitionTrouble(),
    barcodes: new UnknownBarcodes(selling.catalog),
    suspects: new SuspectedPictures(),
  };
  const uplink = createUplink(assembly, selling, sight.picture);
  const lane = createLane(assembly, selling, sight, uplink);
  await parts.begin(
    "lane",
    () => lane.start(),
    () => lane.stop(),
  );
  const { camera, networks } = deps;
  health.register("camera", () => cameraHealth(camera.status()));
  health.register("models", () => networksHealth(networkInfos(networks)));
  health.register("loops", () => progressHealth(progress.stale()));
  const url = await startApi(assembly, lane);
  signal.throwIfAborted();
  await startSeeing(assembly, selling.catalog, lane, sight);
  await startReporting(assembly, { uplink, selling, lane, picture: sight.picture });
  await startPulse(assembly, selling, lane);
  return { lane, catalog: selling.catalog, url };
}

function createLane(assembly: Assembly, selling: Selling, sight: Sight, uplink: Uplink): Lane {
  const { config, deps, health } = assembly;
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
        unsoldByWeight: selling.unsoldByWeight(),
        unknownBarcodes: sight.barcodes.now(),
        suspects: sight.suspects.now(keeper.basket),
        recognition: sight.failing.now,
        serviceMode: uplink.serviceMode,
        others: [...keeper.notices(), ...dispatcher.notices()],
      }),
    tillConnected: () => sink.connected(),
    picture: () => sight.picture.newest(),
    itemPicture: (itemId) => sight.suspects.picture(itemId),
    health: () => health.report(),
    metrics: () => measure({ ...assembly, ...selling, camera: deps.camera }),
  });
}

function networkInfos({ detector, embedder, print }: DaemonDeps["networks"]): NetworkInfo[] {
  return [detector.info, embedder.info, ...(print ? [print.info] : [])];
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
