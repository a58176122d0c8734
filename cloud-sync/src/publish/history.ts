import type { CatalogRequest, NodeName } from "@tillsight/contracts";
import {
  type Chunk,
  Chunker,
  encodeChunk,
  encodeWithDigest,
  fromHex,
  hex,
  type SigningKey,
  StateHash,
  sameBytes,
  sealDelta,
  sealHead,
  sealManifest,
} from "@tillsight/sync-protocol";
import type { CatalogFeed } from "../catalog/feed.js";
import { PublishConflictError } from "../errors.js";
import type { Logger } from "../log.js";
import { type CutState, cutDeltas } from "./cut.js";
import type { Ledger, PublishState, SealedDelta, StoredSnapshot } from "./ledger.js";

export interface HistoryOptions {
  readonly ledger: Ledger;
  readonly feed: CatalogFeed;
  readonly key: SigningKey;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Changes read at once. */
const pageEntries = 2000;
/** How often another copy of headquarters may be quicker before we give up for now. */
const patience = 20;

/**
 * What one store is told: its deltas, cut once from the feed, and its snapshots. Several copies of headquarters
 * may do this at once; the ledger lets one of them win each step.
 */
export class StoreHistory {
  readonly store: NodeName;
  readonly #o: HistoryOptions;
  readonly #now: () => number;
  #turn: Promise<unknown> = Promise.resolve();
  #snapshot: Promise<StoredSnapshot> | undefined;

  constructor(store: NodeName, options: HistoryOptions) {
    this.store = store;
    this.#o = options;
    this.#now = options.now ?? Date.now;
  }

  /** Cuts what is new. @throws PublishConflictError when other copies keep being quicker */
  cut(): Promise<void> {
    return this.#inTurn(async () => void (await this.#cutTo(Number.MAX_SAFE_INTEGER)));
  }

  /** The signed head, under a new sequence number. */
  async head(): Promise<Uint8Array | undefined> {
    const issuedAt = this.#now();
    const issued = await this.#o.ledger.issueHead(this.store, issuedAt);
    if (!issued) return undefined;
    const { state, oldestLsn, snapshot } = issued;
    const { epoch, lsn, stateHash, rows, embedderId } = state;
    const head = {
      ...{ epoch, lsn, oldestLsn, stateHash, rows, embedderId, issuedAt, sequence: state.headSequence },
      snapshot: snapshot === null ? null : fromHex(snapshot),
    };
    return sealHead(this.store, head, this.#o.key);
  }

  /** Messages that answer a lane; none when there is nothing to say. */
  async answer(
    request: Exclude<CatalogRequest, { want: "model" | "modelChunks" }>,
  ): Promise<readonly Uint8Array[]> {
    if (request.want === "range") return this.#range(request);
    if (request.want === "chunks")
      return (await this.#o.ledger.chunks(this.store, request.chunks)).map(encodeChunk);
    return [(await this.#freshSnapshot()).bytes];
  }

  /** Begins a new history from what the catalog is now, as after a restore: lanes take a snapshot. */
  begin(): Promise<void> {
    return this.#inTurn(async () => {
      await this.#begin(await this.#o.ledger.state(this.store));
    });
  }

  /** Deltas of another history lead a lane nowhere: the head tells it what to do. */
  async #range({
    epoch,
    afterLsn,
    count,
  }: Extract<CatalogRequest, { want: "range" }>): Promise<Uint8Array[]> {
    const state = await this.#o.ledger.state(this.store);
    if (state?.epoch !== epoch) return [];
    return (await this.#o.ledger.range(this.store, afterLsn, count)).map(({ bytes }) => bytes);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => {});
    return result;
  }

  async #cutTo(lastLsn: number): Promise<PublishState> {
    const { ledger, feed } = this.#o;
    for (let tries = 0; tries < patience; ) {
      const state = await this.#state();
      const page = await feed.after(this.store, state.scannedLsn, pageEntries);
      const scannedLsn = Math.min(page.toLsn, lastLsn);
      if (scannedLsn <= state.scannedLsn) return state;
      const entries = page.entries.filter(({ lsn }) => lsn <= scannedLsn);
      const cut = cutDeltas(state, entries, this.#now());
      const deltas = cut.deltas.map((delta): SealedDelta => {
        const { fromLsn, toLsn, postHash } = delta;
        return { fromLsn, toLsn, postHash, bytes: sealDelta(this.store, delta, this.#o.key) };
      });
      if (!(await ledger.cut(this.store, state, { ...cut.state, scannedLsn }, deltas))) tries++;
    }
    throw new PublishConflictError(this.store);
  }

  /** A store that is new here, another embedder, or a feed that went back in time begin a new history. */
  async #state(): Promise<PublishState> {
    const { ledger, feed } = this.#o;
    const state = await ledger.state(this.store);
    if (state && state.embedderId === feed.embedderId && state.scannedLsn <= (await feed.lsn())) return state;
    return this.#begin(state);
  }

  async #begin(known: PublishState | undefined): Promise<PublishState> {
    const { ledger, feed, log } = this.#o;
    await ledger.requireEmbedder(feed.embedderId);
    const sum = new StateHash();
    let count = 0;
    const { lsn, rows } = await feed.rows(this.store);
    for await (const row of rows) {
      sum.add(encodeWithDigest(row).digest);
      count++;
    }
    // Seconds since 1970: greater than that of any history before, also of one that a backup does not know.
    const epoch = Math.max((known?.epoch ?? 0) + 1, Math.floor(this.#now() / 1000));
    const { embedderId } = feed;
    const begun: CutState = { embedderId, epoch, lsn, stateHash: sum.bytes(), rows: count };
    if (await ledger.beginHistory(this.store, known, begun))
      log.info("a history of the catalog begins", { store: this.store, epoch, lsn, rows: count });
    const state = await ledger.state(this.store);
    if (!state) throw new PublishConflictError(this.store);
    return state;
  }

  /** The newest, unless so much has changed since that another one is worth its while. Asked by many, made once. */
  async #freshSnapshot(): Promise<StoredSnapshot> {
    const { ledger } = this.#o;
    const found = await ledger.snapshot(this.store);
    const state = await ledger.state(this.store);
    const oldest = found && (await ledger.range(this.store, found.lsn, 1));
    const follows = found && (oldest?.length === 1 || found.lsn === state?.lsn);
    if (found && state && follows && state.lsn - found.lsn <= Math.max(1000, state.rows / 4)) return found;
    this.#snapshot ??= this.#inTurn(() => this.#makeSnapshot()).finally(() => {
      this.#snapshot = undefined;
    });
    return this.#snapshot;
  }

  async #makeSnapshot(): Promise<StoredSnapshot> {
    const { ledger, feed, log } = this.#o;
    for (let tries = 0; tries < patience; tries++) {
      const began = this.#now();
      const { epoch } = await this.#state();
      const read = await readRows(feed, this.store);
      // Deltas have to go on from exactly here.
      await this.#cutTo(read.lsn);
      const at = await this.#boundary(read.lsn);
      if (!at || at.epoch !== epoch) continue;
      if (!sameBytes(at.stateHash, read.stateHash)) {
        log.error("the history of the catalog does not add up to the catalog: it begins anew", {
          ...{ store: this.store, lsn: read.lsn, rows: read.rows },
        });
        await this.#begin(await ledger.state(this.store));
        continue;
      }
      const { embedderId } = feed;
      const { chunks, rows, stateHash } = read;
      const manifest = {
        ...{ epoch, lsn: at.lsn, stateHash, embedderId, rows, cutAt: this.#now() },
        chunks: chunks.map(({ sha256, bytes }): [Buffer, number] => [sha256, bytes.length]),
      };
      const { id, bytes } = sealManifest(this.store, manifest, this.#o.key);
      const snapshot = { id: hex(id), lsn: at.lsn, bytes };
      await ledger.putSnapshot(this.store, snapshot, chunks);
      log.info("snapshot made", {
        store: this.store,
        lsn: at.lsn,
        rows,
        chunks: chunks.length,
        ms: this.#now() - began,
      });
      return snapshot;
    }
    throw new PublishConflictError(this.store);
  }

  async #boundary(lsn: number) {
    const { ledger } = this.#o;
    const state = await ledger.state(this.store);
    if (!state) return undefined;
    if (state.scannedLsn === lsn || state.lsn <= lsn) return state;
    const boundary = await ledger.boundary(this.store, lsn);
    return boundary && { ...boundary, epoch: state.epoch };
  }
}

interface Read {
  readonly lsn: number;
  readonly stateHash: Uint8Array;
  readonly rows: number;
  readonly chunks: readonly Chunk[];
}

/** In memory, because the embedded database serves nobody else while it is read: 50,000 SKUs are about 50 MB. */
async function readRows(feed: CatalogFeed, store: NodeName): Promise<Read> {
  const { lsn, rows } = await feed.rows(store);
  const chunker = new Chunker();
  const chunks: Chunk[] = [];
  const sum = new StateHash();
  let count = 0;
  const keep = (chunk: Chunk | undefined) => chunk && chunks.push(chunk);
  for await (const row of rows) {
    const encoded = encodeWithDigest(row);
    sum.add(encoded.digest);
    keep(chunker.push(encoded));
    count++;
  }
  keep(chunker.finish());
  return { lsn, stateHash: sum.bytes(), rows: count, chunks };
}
