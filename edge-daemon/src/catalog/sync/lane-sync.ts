import {
  type CatalogDelta,
  type CatalogHead,
  type CatalogRequest,
  describeError,
  type NodeName,
  type RefusalReason,
  type SnapshotManifest,
  StoppedError,
} from "@tillsight/contracts";
import {
  decodeFrame,
  openChunk,
  openMessage,
  type PublicKey,
  type SignedMessage,
  SyncRefusedError,
  type Trust,
  type TrustedKeys,
} from "@tillsight/sync-protocol";
import { type Logger, silentLogger } from "../../observe/logger.js";
import { type Clock, systemClock } from "../../ports/clock.js";
import type { Catalog } from "../catalog.js";
import { CatalogBusyError } from "../errors.js";
import { ChunkFiles } from "./chunk-files.js";
import { SnapshotDownload } from "./download.js";
import { type FollowState, nextStep, patienceMs } from "./follow-plan.js";
import { CatalogHold } from "./hold.js";

/** Which of its topics a message came on. */
export type SyncTopic = "head" | "delta" | "keys" | "answer";

export interface LaneSyncOptions {
  readonly catalog: Catalog;
  readonly store: NodeName;
  /** Keys of headquarters that are believed from the start; without one nothing is. */
  readonly trustedKeys: readonly PublicKey[];
  /** Folder for chunks of a snapshot. */
  readonly dir: string;
  /** Hands a request to the broker; false when there is no connection. */
  readonly send: (request: CatalogRequest) => boolean;
  /** LSN beyond which nothing is applied for now, as in a rollout by stages; null: no such. */
  readonly hold?: () => number | null;
  readonly log?: Logger;
  readonly clock?: Clock;
}

/** What the kinds of a topic are. */
const allowed: Record<Exclude<SyncTopic, "keys">, readonly string[]> = {
  head: ["head"],
  delta: ["delta"],
  answer: ["delta", "manifest", "chunk"],
};

/**
 * What a lane does with headquarters' messages, whatever carries them. A message that does not fit is counted
 * with its reason and nothing of it is applied; what is missing is asked for, again and again.
 */
export class LaneSync {
  readonly #o: LaneSyncOptions;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #files: ChunkFiles;
  readonly #trust: Trust;
  readonly #refusals = new Map<RefusalReason, number>();
  readonly #abort = new AbortController();
  readonly #hold: CatalogHold;
  #head: CatalogHead | null = null;
  #sequence = 0;
  #askedAt: number | null = null;
  #unanswered = 0;
  #awaitedDeltas = 0;
  #diverged = false;
  #download: SnapshotDownload | null = null;
  #applying = false;
  #snapshots = 0;
  #postponed = 0;
  #complaint = "";
  #work: Promise<void> = Promise.resolve();

  constructor(options: LaneSyncOptions) {
    this.#o = options;
    this.#log = options.log ?? silentLogger;
    this.#clock = options.clock ?? systemClock;
    this.#files = new ChunkFiles(options.dir);
    this.#hold = new CatalogHold(options.hold ?? (() => null));
    this.#trust = options.catalog.trust(options.trustedKeys);
  }

  /** Waits for what is being written; a snapshot that is being applied is broken off and leaves nothing behind. */
  async stop(): Promise<void> {
    this.#abort.abort(new StoppedError("catalog sync"));
    await this.#work;
  }

  /** What an earlier connection was told or asked counts no more. */
  connected(): void {
    this.#head = null;
    this.#forgetRequest();
    this.#download?.forgetAsked();
  }

  /** Resolves when all that was received has been dealt with. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** Whom this lane believes, also what it has learnt. */
  get trust(): TrustedKeys {
    return this.#trust;
  }

  /** Messages that were not applied, by reason. */
  get refusals(): Readonly<Partial<Record<RefusalReason, number>>> {
    return Object.fromEntries(this.#refusals);
  }

  /** Changes between the lane and headquarters; null while headquarters was not heard. */
  get behind(): number | null {
    return this.#head ? Math.max(0, this.#head.lsn - this.#o.catalog.lsn) : null;
  }

  /** What a person should know; empty when all is well. */
  get complaint(): string {
    return this.#complaint;
  }

  get facts(): Record<string, number | string | boolean> {
    const download = this.#download;
    return {
      keys: this.#trust.active.length,
      ...(this.#postponed > 0 ? { postponed: this.#postponed } : {}),
      ...(download ? { snapshotChunks: download.names.length, snapshotHere: download.here } : {}),
      ...Object.fromEntries([...this.#refusals].map(([reason, n]) => [`refused ${reason}`, n])),
    };
  }

  receive(topic: SyncTopic, bytes: Uint8Array): void {
    // The other thread has the catalog: what was learnt could not be kept.
    const waits = topic === "keys" && this.#applying;
    try {
      if (waits) this.#later(topic, async () => this.#onKeys(bytes));
      else if (topic === "keys") this.#onKeys(bytes);
      else this.#open(topic, bytes);
    } catch (error) {
      this.#refuse(topic, error);
    }
    this.step();
  }

  /** Decides and acts; called after each message and about once a second. */
  step(): void {
    if (this.#abort.signal.aborted) return;
    this.#giveUpWaiting();
    const step = nextStep(this.#state(), this.#o.catalog.embedderId, this.#clock.monotonic());
    this.#complaint = this.#complain(step.do === "nothing" ? step.because : "");
    if (step.do !== "nothing" && this.#hold.rests(this.#o.catalog.lsn, this.#head)) {
      this.#forgetRequest();
      return;
    }
    if (step.do === "nothing" && step.because === "current") this.#snapshots = 0;
    if (step.do === "apply") this.#apply();
    if (step.do !== "ask" || !this.#o.send(step.request)) return;
    if (step.request.want === "chunks") this.#download?.asked(step.request.chunks);
    if (step.request.want === "range") this.#awaitedDeltas = step.request.count;
    this.#askedAt = this.#clock.monotonic();
    this.#unanswered++;
  }

  #state(): FollowState {
    const { lsn, epoch, stateHash } = this.#o.catalog.syncState;
    return {
      ...{ cursor: lsn, epoch, stateHash, head: this.#head, diverged: this.#diverged },
      ...{ download: this.#download, applying: this.#applying, askedAt: this.#askedAt },
      ...{ unanswered: this.#unanswered, snapshots: this.#snapshots },
    };
  }

  #onKeys(bytes: Uint8Array): void {
    this.#trust.take(bytes, this.#o.store, (change) => {
      this.#o.catalog.keepTrust(change);
      this.#log.info("headquarters has a new key", { key: change.publicKey.id, by: change.endorsedBy });
    });
  }

  #open(topic: Exclude<SyncTopic, "keys">, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (!allowed[topic].includes(frame.kind))
      throw new SyncRefusedError("malformed", `a ${frame.kind} on the topic of ${topic}s`);
    if (frame.kind === "chunk") this.#later(topic, () => this.#onChunk(openChunk(frame)));
    else this.#onMessage(topic, openMessage(frame, this.#o.store, this.#trust));
  }

  #onMessage(topic: SyncTopic, message: SignedMessage): void {
    if (message.kind === "head") this.#onHead(message.head);
    if (message.kind === "delta") this.#onDelta(topic, message.delta);
    if (message.kind === "manifest") this.#later(topic, () => this.#onManifest(message.manifest));
  }

  /** The same head again is what a broker gives at every connection; an older one is somebody's recording. */
  #onHead(head: CatalogHead): void {
    if (head.sequence < this.#sequence)
      throw new SyncRefusedError("replayed", `head ${head.sequence} is older than ${this.#sequence}`);
    this.#sequence = head.sequence;
    this.#head = head;
  }

  #onDelta(topic: SyncTopic, delta: CatalogDelta): void {
    if (this.#hold.stops(delta)) {
      this.#hearOf(delta);
      return;
    }
    try {
      const { applied, lsn } = this.#o.catalog.apply(delta);
      this.#hearOf(delta);
      this.#log.debug("catalog changes applied", { applied, lsn });
      if (topic === "answer" && --this.#awaitedDeltas > 0) this.#askedAt = this.#clock.monotonic();
      else if (topic === "answer" || lsn === this.#head?.lsn) this.#forgetRequest();
    } catch (error) {
      const busy = error instanceof CatalogBusyError;
      // It cannot be applied now, but it says how far there is to go.
      if (busy || (error instanceof SyncRefusedError && error.reason === "gap")) this.#hearOf(delta);
      if (busy) this.#postponed++;
      else throw error;
    }
  }

  /** A delta comes before the head that names it. */
  #hearOf({ epoch, toLsn, postHash }: CatalogDelta): void {
    const head = this.#head;
    if (head && head.epoch === epoch && head.lsn < toLsn)
      this.#head = { ...head, lsn: toLsn, stateHash: postHash };
  }

  async #onManifest(manifest: SnapshotManifest): Promise<void> {
    if (manifest.embedderId !== this.#o.catalog.embedderId)
      throw new SyncRefusedError("wrongEmbedder", `a snapshot of embedder ${manifest.embedderId}`);
    const download = this.#download;
    if (this.#applying || (download && download.lsn >= manifest.lsn && download.epoch === manifest.epoch))
      throw new SyncRefusedError("notAsked", "the lane has this snapshot's list, or a newer one");
    this.#download = await SnapshotDownload.begin(manifest, this.#files);
    this.#forgetRequest();
    const chunks = this.#download.names.length;
    this.#log.info("fetching a snapshot", {
      lsn: manifest.lsn,
      rows: manifest.rows,
      chunks,
      here: this.#download.here,
    });
  }

  async #onChunk(chunk: Parameters<SnapshotDownload["put"]>[0]): Promise<void> {
    const download = this.#download;
    if (!download) throw new SyncRefusedError("notAsked", "no snapshot is being fetched");
    await download.put(chunk);
    this.#askedAt = this.#clock.monotonic();
    this.#unanswered = 1;
  }

  #apply(): void {
    const download = this.#download;
    if (!download) return;
    this.#applying = true;
    this.#forgetRequest();
    const { manifest, names } = download;
    const job = { ...manifest, chunks: names, dir: this.#files.dir };
    this.#later("answer", async () => {
      const began = this.#clock.monotonic();
      try {
        const { lsn } = await this.#o.catalog.applySnapshot(job, this.#abort.signal);
        const seconds = Math.round((this.#clock.monotonic() - began) / 100) / 10;
        this.#log.info("snapshot applied", { lsn, rows: manifest.rows, seconds });
        this.#diverged = false;
        await this.#files.keepOnly(new Set());
      } finally {
        // Whatever went wrong: the list is fetched again, the chunks that are whole are not.
        this.#snapshots++;
        this.#download = null;
        this.#applying = false;
      }
    });
  }

  /** One after another, in the order of arrival. */
  #later(topic: SyncTopic, work: () => Promise<void>): void {
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => this.#refuse(topic, error))
      .then(() => this.step());
  }

  #refuse(topic: SyncTopic, error: unknown): void {
    if (error === this.#abort.signal.reason) return;
    const reason = error instanceof SyncRefusedError ? error.reason : "notStored";
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
    if (reason === "preHash" || reason === "postHash" || reason === "overlap") this.#diverged = true;
    const facts = { topic, reason, error: describeError(error).slice(0, 300) };
    if (reason === "gap" || reason === "replayed") this.#log.debug("message not applied", facts);
    else this.#log.warn("message from headquarters refused", facts);
  }

  #forgetRequest(): void {
    this.#askedAt = null;
    this.#unanswered = 0;
    this.#awaitedDeltas = 0;
  }

  /** Chunks that do not come are asked for again, or a newer snapshot has taken the place of this one. */
  #giveUpWaiting(): void {
    const download = this.#download;
    if (!download || this.#askedAt === null || this.#applying) return;
    if (this.#clock.monotonic() - this.#askedAt < patienceMs(this.#unanswered)) return;
    download.forgetAsked();
    if (this.#unanswered > 2) this.#download = null;
  }

  #complain(because: string): string {
    const { catalog } = this.#o;
    if (this.#trust.active.length === 0)
      return "this lane believes no key of headquarters: set sync.trustedKeys";
    if (because === "embedder")
      return `headquarters uses embedder ${this.#head?.embedderId}, this lane ${catalog.embedderId}: changes wait`;
    if (because === "ahead" && this.#head && this.#head.epoch === catalog.syncState.epoch)
      return `this lane is at LSN ${catalog.lsn}, headquarters only at ${this.#head.lsn}: was it restored from a backup?`;
    if (this.#unanswered > 3) return "headquarters does not answer, or what it sends is refused: see the log";
    return "";
  }
}
