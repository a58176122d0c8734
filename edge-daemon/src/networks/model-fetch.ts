import { join } from "node:path";
import {
  type CatalogRequest,
  describeError,
  type ModelOffer,
  maxChunksAsked,
  type NodeName,
  type RefusalReason,
} from "@tillsight/contracts";
import { networkId, parseManifest } from "@tillsight/models";
import {
  decodeFrame,
  openChunk,
  openMessage,
  SyncRefusedError,
  type TrustedKeys,
} from "@tillsight/sync-protocol";
import { ChunkDownload } from "../catalog/sync/chunk-download.js";
import { ChunkFiles } from "../catalog/sync/chunk-files.js";
import { patienceMs } from "../catalog/sync/follow-plan.js";
import { type Logger, silentLogger } from "../observe/logger.js";
import { type Clock, systemClock } from "../ports/clock.js";
import { installModel, TornChunkError } from "./install.js";

export interface ModelFetchOptions {
  /** Folder of the models that headquarters brings. */
  readonly dir: string;
  readonly store: NodeName;
  readonly trust: TrustedKeys;
  /** Hands a request to the broker; false when there is no connection. */
  readonly send: (request: CatalogRequest) => boolean;
  readonly log?: Logger | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Brings one network at a time from headquarters: its signed manifest, then the weights in chunks by their hash. What
 * has arrived outlives cuts and restarts; a message that does not fit is counted with its reason and asked for again.
 */
export class ModelFetch {
  readonly #o: ModelFetchOptions;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #files: ChunkFiles;
  readonly #refusals = new Map<RefusalReason, number>();
  #wanted: string | null = null;
  #download: ChunkDownload<ModelOffer> | null = null;
  #installing = false;
  #askedAt: number | null = null;
  #unanswered = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(options: ModelFetchOptions) {
    this.#o = options;
    this.#log = options.log ?? silentLogger;
    this.#clock = options.clock ?? systemClock;
    this.#files = new ChunkFiles(join(options.dir, "incoming"));
  }

  /** Null: none, and what has arrived of another stays for the day that it is wanted. */
  want(id: string | null): void {
    if (id === this.#wanted) return;
    this.#wanted = id;
    this.#download = null;
    this.#forgetRequest();
  }

  /** Chunks that are here, and all; null before headquarters has said. */
  get progress(): { readonly here: number; readonly of: number } | null {
    const { here, names } = this.#download ?? { here: 0, names: [] };
    return this.#download && { here, of: new Set(names).size };
  }

  get refusals(): Readonly<Partial<Record<RefusalReason, number>>> {
    return Object.fromEntries(this.#refusals);
  }

  /** A new connection: what was asked for on the one before will not come. */
  connected(): void {
    this.#download?.forgetAsked();
    this.#forgetRequest();
  }

  /** Resolves when all that was received has been dealt with. */
  settled(): Promise<void> {
    return this.#work;
  }

  receive(bytes: Uint8Array): void {
    this.#later(async () => {
      const frame = decodeFrame(bytes);
      if (frame.kind === "chunk") return this.#onChunk(openChunk(frame));
      const message = openMessage(frame, this.#o.store, this.#o.trust);
      if (message.kind !== "model")
        throw new SyncRefusedError("malformed", `a ${message.kind} on the topic of models`);
      return this.#onOffer(message.offer);
    });
  }

  /** Asks for what is missing, when it is time; called after each message and about once a second. */
  step(): void {
    const [id, download] = [this.#wanted, this.#download];
    if (id === null || this.#installing) return;
    if (download && download.missing.length + download.outstanding === 0) {
      this.#install(id, download);
      return;
    }
    const waits =
      this.#askedAt !== null && this.#clock.monotonic() - this.#askedAt < patienceMs(this.#unanswered);
    if (waits && (!download || download.outstanding > 0)) return;
    download?.forgetAsked();
    const chunks = download?.missing.slice(0, maxChunksAsked);
    if (!this.#o.send(chunks ? { want: "modelChunks", id, chunks } : { want: "model", id })) return;
    if (chunks) download?.asked(chunks);
    this.#askedAt = this.#clock.monotonic();
    this.#unanswered++;
  }

  async #onOffer(offer: ModelOffer): Promise<void> {
    if (offer.id !== this.#wanted || this.#download)
      throw new SyncRefusedError("notAsked", `network ${offer.id} is not awaited`);
    requireFitting(offer);
    this.#download = await ChunkDownload.of(offer, this.#files);
    this.#forgetRequest();
    this.#log.info("fetching a network", { id: offer.id, ...this.progress });
  }

  async #onChunk(chunk: Parameters<ChunkDownload<ModelOffer>["put"]>[0]): Promise<void> {
    if (!this.#download) throw new SyncRefusedError("notAsked", "no network is being fetched");
    await this.#download.put(chunk);
    this.#askedAt = this.#clock.monotonic();
    this.#unanswered = 1;
  }

  #install(id: string, download: ChunkDownload<ModelOffer>): void {
    this.#installing = true;
    this.#later(async () => {
      try {
        await installModel(this.#o.dir, download.manifest, this.#files);
        await this.#files.keepOnly(new Set());
        this.#log.info("a network has arrived", { id });
        if (this.#wanted === id) this.want(null);
      } catch (error) {
        // A chunk that the disk tore is fetched again; what else is wrong, too, but not at once.
        if (!(error instanceof TornChunkError)) this.#askedAt = this.#clock.monotonic();
        throw error;
      } finally {
        this.#download = null;
        this.#installing = false;
      }
    });
  }

  /** One after another, in the order of arrival. */
  #later(work: () => Promise<void>): void {
    this.#work = this.#work
      .then(work)
      .catch((error: unknown) => this.#refuse(error))
      .then(() => this.step());
  }

  #refuse(error: unknown): void {
    const reason = error instanceof SyncRefusedError ? error.reason : "notStored";
    this.#refusals.set(reason, (this.#refusals.get(reason) ?? 0) + 1);
    this.#log.warn("part of a network was refused", { reason, error: describeError(error).slice(0, 300) });
  }

  #forgetRequest(): void {
    this.#askedAt = null;
    this.#unanswered = 0;
  }
}

/** @throws SyncRefusedError when the manifest is another network's, or the chunks are not what it names */
function requireFitting({ id, manifest: text, chunks }: ModelOffer): void {
  try {
    const manifest = parseManifest(text, id);
    const bytes = chunks.reduce((sum, [, length]) => sum + length, 0);
    if (networkId(manifest) === id && bytes === manifest.bytes) return;
  } catch (cause) {
    throw new SyncRefusedError("malformed", `the manifest of ${id}: ${describeError(cause)}`);
  }
  throw new SyncRefusedError("malformed", `the manifest of ${id} is of something else`);
}
