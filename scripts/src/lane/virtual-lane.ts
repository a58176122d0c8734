import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type CloudSync, photoReader, startCloudSync } from "@tillsight/cloud-sync";
import { NodeName } from "@tillsight/contracts";
import {
  createServiceManager,
  type Daemon,
  type DaemonConfig,
  defaultPageDir,
  type Logger,
  OpenCvCamera,
  openNetworks,
  parseConfig,
  startDaemon,
  systemClock,
} from "@tillsight/edge-daemon";
import { MjpegCamera, openPtyPair, SimulatedTill } from "@tillsight/edge-daemon/testing";
import { TrayFeed } from "../virtual/feed.js";
import { RenderThread } from "../virtual/render-thread.js";
import { steadyLight } from "../virtual/scene.js";
import { demoStore } from "../virtual/store.js";
import { enrolDemoStore, stockHeadquarters, stockLane } from "./demo-catalog.js";
import { Undo } from "./undo.js";

export interface VirtualLaneOptions {
  /** Everything the lane, its till and headquarters keep; made when missing. */
  readonly dir: string;
  readonly protocol: DaemonConfig["till"]["protocol"];
  /** With headquarters, the catalog comes from there over MQTT; without, the lane is stocked directly. */
  readonly headquarters: boolean;
  /** A camera of your own instead of the rendered tray. */
  readonly camera?: string;
  readonly kioskPort?: number;
  readonly cloudPort?: number;
  readonly attendantPin: string;
  /** Pictures a second of the rendered tray. */
  readonly fps?: number;
  /** How much faster than life hands move. */
  readonly pace?: number;
  readonly seed?: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onProgress?: (what: string) => void;
}

/** A whole lane with its surroundings, running. */
export interface VirtualLane {
  readonly daemon: Daemon;
  readonly till: SimulatedTill;
  /** Undefined with a camera of your own. */
  readonly feed: TrayFeed | undefined;
  readonly camera: MjpegCamera | undefined;
  readonly cloud: CloudSync | undefined;
  readonly config: DaemonConfig;
  /** Of this lane; `tillsight --config` takes it. */
  readonly configInput: object;
  close(): Promise<void>;
}

const store = NodeName.parse("demo");
const photosEach = 5;

/** Starts till, camera, headquarters (if wanted) and the real daemon between them. */
export async function openVirtualLane(options: VirtualLaneOptions): Promise<VirtualLane> {
  const undo = new Undo();
  try {
    return await open(options, undo);
  } catch (error) {
    await undo.run().catch(() => undefined); // the first failure is the one to report
    throw error;
  }
}

async function open(options: VirtualLaneOptions, undo: Undo): Promise<VirtualLane> {
  const { dir, log, signal, onProgress = () => {} } = options;
  mkdirSync(dir, { recursive: true });
  const { pty, till } = await openTill(options, undo);
  onProgress("loading the networks");
  const networks = await openNetworks(parseConfig({}, "the defaults"));
  undo.add(() => networks.close());
  const cloud = options.headquarters ? await openHeadquarters(options, undo, networks) : undefined;
  const goods = cloud ? [] : await photographStore(options, networks);
  const scenery = options.camera === undefined ? await openScenery(options, undo) : undefined;
  const configInput = {
    store,
    storeName: "Tillsight demo store",
    dataDir: join(dir, "lane"),
    camera: { source: options.camera ?? scenery?.camera.url },
    till: { protocol: options.protocol, path: pty.lane },
    kiosk: { port: options.kioskPort ?? 0, attendantPin: options.attendantPin },
    ...(cloud && { sync: { brokerUrl: cloud.brokerUrl, trustedKeys: [cloud.publicKey] } }),
  };
  const config = parseConfig(configInput, "the virtual lane");
  onProgress("starting the lane");
  const daemon = await startDaemon(
    config,
    {
      log,
      clock: systemClock,
      manager: createServiceManager({}, () => {}),
      camera: new OpenCvCamera(config.camera),
      networks,
      pageDir: defaultPageDir,
      demo: { "/api/demo/till": () => till.receipt() },
    },
    signal,
  );
  undo.add(() => daemon.stop());
  if (!cloud && daemon.catalog.referenceCount === 0) stockLane(daemon.catalog, goods);
  return {
    daemon,
    till,
    ...scenery,
    feed: scenery?.feed,
    camera: scenery?.camera,
    cloud,
    config,
    configInput,
    close: () => undo.run(),
  };
}

type Networks = Awaited<ReturnType<typeof openNetworks>>;

async function openTill({ dir, protocol, onProgress }: VirtualLaneOptions, undo: Undo) {
  onProgress?.("plugging the till in (a pseudo-terminal pair)");
  const pty = await openPtyPair();
  undo.add(() => pty.close());
  const till = new SimulatedTill({
    settings: { protocol, path: pty.till },
    log: join(dir, "till.jsonl"),
    plug: pty,
  });
  await till.start();
  undo.add(() => till.stop());
  return { pty, till };
}

async function photographStore({ signal, onProgress }: VirtualLaneOptions, networks: Networks) {
  return enrolDemoStore(networks, photosEach, (done, of) => {
    signal.throwIfAborted();
    if (done % 10 === 0 || done === of)
      onProgress?.(`photographing the demo store: ${done} of ${of} products`);
  });
}

async function openHeadquarters(
  options: VirtualLaneOptions,
  undo: Undo,
  networks: Networks,
): Promise<CloudSync> {
  options.onProgress?.("opening headquarters (embedded PostgreSQL and MQTT broker)");
  const cloud = await startCloudSync({
    dataDir: join(options.dir, "headquarters"),
    store,
    embedderId: networks.embedder.info.id,
    photoReader: photoReader(networks.detector, networks.embedder, networks.print),
    port: options.cloudPort ?? 0,
  });
  undo.add(() => cloud.stop());
  // A change of the embedder leaves none of the demo's references: they have no pictures to be made again from.
  if ((await cloud.catalog.referenceCount()) < demoStore.length)
    await stockHeadquarters(cloud.catalog, await photographStore(options, networks));
  return cloud;
}

async function openScenery(options: VirtualLaneOptions, undo: Undo) {
  options.onProgress?.("painting the tray");
  const camera = new MjpegCamera({});
  await camera.start();
  undo.add(() => camera.stop());
  const renderer = new RenderThread(options.seed ?? 1);
  undo.add(() => renderer.close());
  const feed = new TrayFeed({
    render: (scene, frame) => renderer.render(scene, frame),
    sink: camera,
    stage: { ground: "slate", light: steadyLight, table: [] },
    fps: options.fps ?? 10,
    pace: options.pace ?? 1,
  });
  await feed.start();
  undo.add(() => feed.stop());
  return { camera, feed };
}
