import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Gtin, Sku, TrayState } from "@tillsight/contracts";
import type { GateSettings } from "../domain/recognition/gate.js";
import { explainEdge, freshGate, gateStep } from "../domain/recognition/gate.js";
import type { DecisionTrace, ItemTrace } from "../domain/recognition/trace.js";
import type { TrackerSettings } from "../domain/recognition/tracker.js";
import type { TrayGrid } from "../domain/recognition/tray-grid.js";
import type { Camera, Frame } from "../ports/camera.js";
import type { Clock } from "../ports/clock.js";
import { BarcodeScan } from "./barcode-scan.js";
import type { BarcodeReader } from "./barcodes.js";
import type { ItemLook, ReaderDeps, Stage } from "./look.js";
import { GRID, trayGrid } from "./tray-grid.js";
import { type PictureFound, type SettledPicture, TrayReader } from "./tray-reader.js";

export interface RecogniserSettings {
  readonly gate: GateSettings;
  readonly tracker: TrackerSettings;
  /** A tray on which nothing changes and nothing is in doubt is looked at this often, ms. */
  readonly idleMs: number;
}

export interface RecogniserHooks {
  /** Time of one stage of one frame, ms. */
  readonly stage?: (stage: Stage, ms: number) => void;
  /** A sign of life: a frame was dealt with, or there is none to deal with. */
  readonly progress?: () => void;
  /** What is held of items has changed. */
  readonly trace?: (trace: DecisionTrace) => void;
  /** A barcode was read on an item; `sku` is null where the catalog does not sell it and the picture decides. */
  readonly barcode?: (seen: {
    readonly itemId: string;
    readonly gtin: Gtin;
    readonly sku: Sku | null;
  }) => void;
  /** An item has turned out to be probably a picture of a product. */
  readonly picture?: (found: PictureFound) => void;
  /** A frame that could not be read (the loop goes on with the next), or a camera that gave up. */
  readonly error?: (error: unknown) => void;
}

export interface RecogniserDeps extends Omit<ReaderDeps, "stage"> {
  readonly camera: Camera;
  readonly clock: Clock;
  /** Left out, barcodes are not looked for. */
  readonly barcodes?: BarcodeReader | undefined;
  readonly hooks?: RecogniserHooks;
}

/** How often a loop without frames says that it is alive, and how long it waits after a camera gave up, ms. */
const HEARTBEAT = 1_000;

/** A picture with what the networks say of it. */
interface Seen {
  readonly frame: Frame;
  readonly settled: SettledPicture;
  readonly looks: readonly ItemLook[];
}

/**
 * The loop from the camera's newest frame to the tray's state: waits until the tray is still, looks, follows,
 * decides, publishes. The first look is taken while it waits, and counts if the tray then stays still. While the camera is at fault, items are kept and nothing is decided.
 */
export class Recogniser {
  readonly #deps: RecogniserDeps;
  readonly #settings: RecogniserSettings;
  readonly #hooks: RecogniserHooks;
  readonly #reader: TrayReader;
  readonly #listeners = new Set<(state: TrayState) => void>();
  readonly #undo: (() => void)[] = [];
  #gate = freshGate;
  /** A picture of the tray that has stopped moving but is not yet still for long enough. */
  #ahead: Seen | null = null;
  #scan: BarcodeScan | undefined;
  #state: TrayState = { seq: 0, phase: "moving", width: 0, height: 0, items: [] };
  #lastLook = Number.NEGATIVE_INFINITY;
  #news = false;
  #busy = false;
  /** Since the last heartbeat: with frames coming in, only one that was dealt with is a sign of life. */
  #offered = false;
  #abort: AbortController | undefined;
  #loop: Promise<void> | undefined;

  constructor(deps: RecogniserDeps, settings: RecogniserSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.#hooks = deps.hooks ?? {};
    this.#reader = new TrayReader({ ...deps, stage: this.#hooks.stage }, settings.tracker, settings.idleMs);
    if (deps.barcodes) this.#scan = this.#newScan(deps.barcodes);
  }

  #newScan(reader: BarcodeReader): BarcodeScan {
    return new BarcodeScan(
      reader,
      (id, gtin) => {
        this.#reader.addBarcode(id, gtin);
        const sku = this.#deps.catalog.productByBarcode(gtin)?.sku ?? null;
        this.#hooks.barcode?.({ itemId: id, gtin, sku });
        this.#news = true;
      },
      (ms) => this.#hooks.stage?.("barcode", ms),
    );
  }

  /** Begins to take frames; a second call does nothing. The camera is started by its owner. */
  start(): void {
    if (this.#loop) return;
    const abort = new AbortController();
    this.#abort = abort;
    this.#undo.push(
      this.#deps.camera.onStatus(({ state }) => {
        if (state === "fault") this.#fault();
      }),
      this.#deps.catalog.onChange(() => {
        this.#reader.catalogChanged();
        this.#ahead = null;
        this.#news = true;
      }),
    );
    const beat = setInterval(() => {
      // A live camera has frames to give: without any, something between it and here is stuck.
      const nothingToDo = this.#deps.camera.status().state !== "live";
      if (nothingToDo && !this.#busy && !this.#offered) this.#hooks.progress?.();
      this.#offered = false;
    }, HEARTBEAT);
    this.#undo.push(() => clearInterval(beat));
    if (this.#deps.camera.status().state === "fault") this.#fault();
    this.#loop = this.#run(abort.signal);
  }

  /** Resolves when no frame and no barcode is being worked on; idempotent. */
  async stop(): Promise<void> {
    this.#abort?.abort();
    for (const undo of this.#undo.splice(0)) undo();
    await this.#loop;
    await this.#scan?.idle();
    this.#loop = undefined;
  }

  /** The newest published state. */
  state(): TrayState {
    return this.#state;
  }

  /** Called with every published state, in order; returns the unsubscriber. */
  onTray(listener: (state: TrayState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const frame of this.#deps.camera.frames(signal)) await this.#guarded(frame, signal);
        if (["ended", "stopped"].includes(this.#deps.camera.status().state)) return;
      } catch (error) {
        if (!signal.aborted) this.#hooks.error?.(error);
      }
      await delay(HEARTBEAT, undefined, { signal }).catch(() => undefined);
    }
  }

  async #guarded(frame: Frame, signal: AbortSignal): Promise<void> {
    this.#busy = true;
    this.#offered = true;
    try {
      const begin = performance.now();
      await this.#take(frame, signal);
      this.#hooks.stage?.("frame", performance.now() - begin);
      this.#hooks.progress?.();
    } catch (error) {
      this.#hooks.error?.(error);
    } finally {
      this.#busy = false;
    }
  }

  async #take(frame: Frame, signal: AbortSignal): Promise<void> {
    const begin = performance.now();
    const grid = trayGrid(frame);
    const step = gateStep(this.#gate, grid, frame.capturedAt, this.#settings.gate);
    this.#gate = step.state;
    this.#hooks.stage?.("gate", performance.now() - begin);
    if (step.wantsGoods) await this.#askEdge(frame, grid);
    if (step.verdict === "settled") return this.#settled(frame, grid, signal);
    if (this.#state.phase !== "moving") this.#publish("moving", frame);
    if (step.verdict !== "settling") this.#ahead = null;
    else if (!this.#ahead && step.promising)
      this.#ahead = await this.#look(frame, grid, this.#gate.epoch + 1);
  }

  async #look(frame: Frame, grid: TrayGrid, epoch: number): Promise<Seen> {
    const { stillSince } = this.#gate;
    // Asked before the networks take their time: the tray may move meanwhile.
    const grams = this.#deps.scale?.grams() ?? null;
    const settled = { picture: frame, grid, at: frame.capturedAt, epoch, stillSince, grams };
    return { frame, settled, looks: await this.#reader.look(settled) };
  }

  async #settled(frame: Frame, grid: TrayGrid, signal: AbortSignal): Promise<void> {
    const { epoch } = this.#gate;
    const recent = frame.capturedAt - this.#lastLook < this.#settings.idleMs;
    if (this.#state.phase === "settled" && !this.#news && recent && this.#reader.steady()) return;
    this.#news = false;
    this.#lastLook = frame.capturedAt;
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead?.settled.epoch === epoch) this.#count(ahead);
    const seen = await this.#look(frame, grid, epoch);
    // The camera may have failed, or stop may have been asked for, while the networks ran.
    if (signal.aborted || this.#deps.camera.status().state === "fault") return;
    this.#count(seen);
    this.#publish("settled", frame);
    this.#scan?.offer(frame, epoch, this.#reader.visible(), signal);
  }

  #count({ frame, settled, looks }: Seen): void {
    const reading = this.#reader.take(settled, looks);
    if (reading.changed.length > 0) this.#trace(frame, reading.changed);
    for (const found of reading.pictures) this.#hooks.picture?.(found);
  }

  /** Goods that reach over the picture's edge look like an arm until the detector has seen them. */
  async #askEdge(frame: Frame, grid: TrayGrid): Promise<void> {
    const found = await this.#deps.detector.detect(frame);
    const sx = GRID.columns / frame.width;
    const sy = GRID.rows / frame.height;
    const boxes = found.map(({ box: b }) => ({ x: b.x * sx, y: b.y * sy, w: b.w * sx, h: b.h * sy }));
    this.#gate = explainEdge(this.#gate, grid, boxes);
  }

  #fault(): void {
    // What the tray looked like before says nothing about what happens while nobody looks.
    this.#gate = { ...this.#gate, still: null, settled: false };
    this.#ahead = null;
    if (this.#state.phase !== "cameraFault") this.#publish("cameraFault", this.#state);
  }

  #publish(phase: TrayState["phase"], { width, height }: { width: number; height: number }): void {
    this.#state = { seq: this.#state.seq + 1, phase, width, height, items: this.#reader.items() };
    for (const listener of this.#listeners) listener(this.#state);
  }

  #trace(frame: Frame, items: readonly ItemTrace[]): void {
    const { embedder, detector, catalog, clock } = this.#deps;
    this.#hooks.trace?.({
      version: 1,
      at: clock.now().toISOString(),
      frame: {
        seq: frame.seq,
        sha256: createHash("sha256").update(frame.data).digest("hex"),
        width: frame.width,
        height: frame.height,
      },
      models: { detector: detector.info.id, embedder: embedder.info.id },
      thresholds: { ...embedder.thresholds },
      ...(embedder.calibration && { calibration: embedder.calibration, prices: this.#deps.prices }),
      catalogLsn: catalog.lsn,
      items: [...items],
    });
  }
}
