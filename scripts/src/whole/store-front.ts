import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TillMessage } from "@tillsight/contracts";
import { type DaemonConfig, openCatalog, openNetworks, parseConfig } from "@tillsight/edge-daemon";
import {
  MjpegCamera,
  openPtyPair,
  type PtyPair,
  SimulatedTill,
  type TillScript,
} from "@tillsight/edge-daemon/testing";
import { type Enrolled, enrolDemoStore, stockLane } from "../lane/demo-catalog.js";
import { Undo } from "../lane/undo.js";
import { TrayFeed } from "../virtual/feed.js";
import { RenderThread } from "../virtual/render-thread.js";
import { steadyLight } from "../virtual/scene.js";
import type { ScriptItem, Table } from "../virtual/script.js";
import { demoProduct, demoStore } from "../virtual/store.js";
import { DaemonProcess } from "./daemon-process.js";

/** Photographed goods and what made their embeddings. */
export interface Assortment {
  readonly goods: readonly Enrolled[];
  readonly embedderId: string;
  readonly size: number;
}

/** Photographs and embeds products of the demo store; all of it without `skus`. Takes some seconds of CPU. */
export async function photograph(
  skus: readonly string[] = demoStore.map(({ product }) => product.sku),
  photosEach = 4,
): Promise<Assortment> {
  const networks = await openNetworks(parseConfig({ models: { threads: 1 } }, "the defaults"));
  try {
    const goods = await enrolDemoStore(networks, photosEach, undefined, skus.map(demoProduct));
    return { goods, embedderId: networks.embedder.info.id, size: networks.embedder.size };
  } finally {
    await networks.close();
  }
}

type CameraSettings = DaemonConfig["camera"];

export interface StoreFrontOptions {
  readonly assortment: Assortment;
  readonly protocol?: "till-line" | "scanner-ack" | "scanner";
  readonly script?: TillScript;
  /** Pictures a second. */
  readonly fps?: number;
  readonly pace?: number;
  readonly seed?: number;
  /** Headquarters; the assortment is then not put into the lane by hand. */
  readonly headquarters?: { readonly brokerUrl: string; readonly publicKey: string };
  /** Of the daemon, beside the source. */
  readonly cameraSettings?: Partial<CameraSettings>;
}

/** Everything around the daemon's process: rendered tray, camera, till on a pseudo-terminal, configuration. */
export interface StoreFront {
  readonly dir: string;
  readonly configFile: string;
  readonly dataDir: string;
  readonly url: string;
  readonly pin: string;
  readonly camera: MjpegCamera;
  readonly feed: TrayFeed;
  readonly till: SimulatedTill;
  readonly pty: PtyPair;
  /** Items, voids and totals that the till has booked, in their order. */
  booked(): TillMessage[];
  /** Another tray at once, without hands. */
  lay(...items: ScriptItem[]): Table;
  /** Starts a daemon's process, which ends with the store front. */
  run(env?: NodeJS.ProcessEnv): DaemonProcess;
  close(): Promise<void>;
}

/** A thing of the demo store lying at a place on the tray, pixels of the picture. */
export function thing(sku: string, x: number, y: number, turn = 20): ScriptItem {
  const { product, art, size } = demoProduct(sku);
  const pose = { id: `${sku}-${x}-${y}`, art, x, y, size, turn, shear: 0, squeeze: 1 };
  return { sku: product.sku, pose, grossGrams: product.unit === "weight" ? 500 : null };
}

export async function openStoreFront(options: StoreFrontOptions): Promise<StoreFront> {
  const undo = new Undo();
  const dir = mkdtempSync(join(tmpdir(), "tillsight-whole-"));
  undo.add(() => rmSync(dir, { recursive: true, force: true }));
  try {
    return await open(options, dir, undo);
  } catch (error) {
    await undo.run().catch(() => undefined); // the first failure is the one to report
    throw error;
  }
}

const pin = "2468";

async function open(options: StoreFrontOptions, dir: string, undo: Undo): Promise<StoreFront> {
  const { protocol = "till-line", headquarters: hq } = options;
  const pty = await openPtyPair();
  undo.add(() => pty.close());
  const till = new SimulatedTill({
    settings: { protocol, path: pty.till },
    log: join(dir, "till.jsonl"),
    plug: pty,
    ...(options.script && { script: options.script }),
  });
  await till.start();
  undo.add(() => till.stop());
  const { camera, feed } = await openTray(options, undo);
  const port = await freePort();
  const dataDir = join(dir, "lane");
  const configFile = join(dir, "tillsight.json");
  const config = {
    ...{ store: "demo", storeName: "Process test", dataDir },
    camera: { source: camera.url, ...options.cameraSettings },
    models: { threads: 1 },
    till: { protocol, path: pty.lane },
    kiosk: { port, attendantPin: pin },
    ...(hq && { sync: { brokerUrl: hq.brokerUrl, trustedKeys: [hq.publicKey] } }),
  };
  writeFileSync(configFile, JSON.stringify(config, null, 2));
  if (!hq) await stock(dataDir, options.assortment);
  const url = `http://127.0.0.1:${port}/`;
  return {
    ...{ dir, configFile, dataDir, url, pin, camera, feed, till, pty },
    booked: () =>
      till.entries().filter((entry): entry is typeof entry & TillMessage => entry.kind !== "scan"),
    lay: (...items) => {
      feed.cut({ ...feed.stage, table: items });
      return items;
    },
    run: (env) => {
      const daemon = new DaemonProcess({ configFile, ...(env && { env }) });
      undo.add(() => daemon.end("SIGKILL"));
      return daemon;
    },
    close: () => undo.run(),
  };
}

async function openTray(options: StoreFrontOptions, undo: Undo) {
  const camera = new MjpegCamera({});
  await camera.start();
  undo.add(() => camera.stop());
  const renderer = new RenderThread(options.seed ?? 1);
  undo.add(() => renderer.close());
  const feed = new TrayFeed({
    render: (scene, frame) => renderer.render(scene, frame),
    sink: camera,
    stage: { ground: "slate", light: steadyLight, table: [] },
    fps: options.fps ?? 8,
    pace: options.pace ?? 1,
  });
  await feed.start();
  undo.add(() => feed.stop());
  return { camera, feed };
}

/** The catalog as an earlier life of the lane left it. */
async function stock(dataDir: string, { goods, embedderId, size }: Assortment): Promise<void> {
  const catalog = await openCatalog({ dir: join(dataDir, "catalog"), embedderId, size });
  try {
    stockLane(catalog, goods);
  } finally {
    await catalog.stop();
  }
}

/** A port that nothing uses at the moment: commands beside the lane must know it, so the lane cannot choose. */
const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
