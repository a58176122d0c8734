import { createHash } from "node:crypto";
import {
  type NodeName,
  type UpBatch,
  type UpBody,
  type UpReceipt,
  type UpStream,
  upBodies,
} from "@tillsight/contracts";
import type { Database, Sql } from "../storage/database.js";
import { jsonText, storableText } from "../storage/json-text.js";
import type { ObjectStore } from "../storage/objects/object-store.js";
import { judgeBatch, type UpCursor } from "./cursor.js";

export interface UpwardOptions {
  readonly db: Database;
  readonly objects: ObjectStore;
  readonly now: () => Date;
  /** Whether a relay wants what comes. */
  readonly relayed: boolean;
}

interface From {
  readonly store: NodeName;
  readonly terminal: NodeName;
}

/** A record that fits its stream, its picture already put away. */
type Checked = { [S in UpStream]: { stream: S; id: string; body: UpBody[S]; picture?: string } }[UpStream];

/** Keeps what lanes send up: each record once, and a receipt only for what is durable. */
export class UpwardStore {
  readonly #o: UpwardOptions;
  readonly #received = new Map<string, { store: string; stream: UpStream; count: number }>();

  constructor(options: UpwardOptions) {
    this.#o = options;
  }

  /** Stores a batch in one transaction and gives its receipt. */
  async take(from: From, batch: UpBatch): Promise<UpReceipt> {
    // Before the transaction: a picture without its row is harmless, a row without its picture is not.
    const { fitting, refused } = await this.#check(batch);
    const { stream, outbox } = batch;
    const last = batch.records.at(-1)?.n ?? 1;
    const receipt = await this.#o.db.transaction(async (tx) => {
      const verdict = judgeBatch(await lockCursor(tx, from, batch), batch);
      if (!verdict.take) return { stream, outbox, last, upTo: verdict.upTo };
      for (const record of fitting) await this.#insert(tx, from, record);
      for (const record of refused) await this.#refuse(tx, from, stream, record);
      const { n, missing } = verdict.cursor;
      await tx.query(
        `update up_cursor set n = $5, missing = $6, dropped = $7, updated_at = $8
         where store = $1 and terminal = $2 and stream = $3 and outbox = $4`,
        [from.store, from.terminal, stream, outbox, n, missing, batch.dropped, this.#now()],
      );
      return { stream, outbox, last, upTo: n };
    });
    if (receipt.upTo >= last) this.#count(from.store, stream, batch.records.length);
    return receipt;
  }

  /** Records that were taken since the start, repetitions included. */
  received(): { readonly store: string; readonly stream: UpStream; readonly count: number }[] {
    return [...this.#received.values()];
  }

  #count(store: string, stream: UpStream, records: number): void {
    const key = `${store}/${stream}`;
    const known = this.#received.get(key) ?? { store, stream, count: 0 };
    this.#received.set(key, { ...known, count: known.count + records });
  }

  async #check({ stream, records }: UpBatch) {
    const fitting: Checked[] = [];
    const refused: { id: string; body: unknown; why: string }[] = [];
    for (const { id, body } of records) {
      const parsed = upBodies[stream].safeParse(body);
      if (!parsed.success) {
        const why = parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`).join("; ");
        refused.push({ id, body, why: why.slice(0, 500) });
        continue;
      }
      const checked = { stream, id, body: parsed.data } as Checked;
      if (checked.stream === "crop") checked.picture = await this.#putPicture(checked.body.jpeg);
      fitting.push(checked);
    }
    return { fitting, refused };
  }

  async #putPicture(base64: string): Promise<string> {
    const bytes = Buffer.from(base64, "base64");
    const id = `crop/${createHash("sha256").update(bytes).digest("hex")}.jpeg`;
    if (!(await this.#o.objects.has(id))) await this.#o.objects.put(id, { bytes, type: "image/jpeg" });
    return id;
  }

  async #insert(tx: Sql, { store, terminal }: From, record: Checked): Promise<void> {
    const { text, values } = insertOf(record);
    const { affected } = await tx.query(text, [record.id, store, terminal, this.#now(), ...values]);
    if (affected === 0 || !this.#o.relayed) return;
    await tx.query(
      "insert into relay_outbox (id, store, terminal, stream, body) values ($1, $2, $3, $4, $5::jsonb)",
      [record.id, store, terminal, record.stream, bodyText(record)],
    );
  }

  async #refuse(tx: Sql, from: From, stream: UpStream, record: { id: string; body: unknown; why: string }) {
    await tx.query(
      `insert into up_refused (id, store, terminal, stream, body, why, received_at)
       values ($1, $2, $3, $4, $5::jsonb, $6, $7) on conflict (id) do nothing`,
      [
        ...[record.id, from.store, from.terminal, stream],
        // Its text, as a JSON string: whatever is wrong with it, it can be stored.
        ...[jsonText(JSON.stringify(record.body ?? null)), storableText(record.why), this.#now()],
      ],
    );
  }

  #now = (): string => this.#o.now().toISOString();
}

const instant = (ms: number): string => new Date(ms).toISOString();

/** As it is kept and relayed: a crop's picture is in the object store. */
function bodyText(record: Checked): string {
  if (record.stream !== "crop") return jsonText(record.body);
  const { jpeg: _, ...rest } = record.body;
  return jsonText({ ...rest, picture: record.picture });
}

/** After id, store, terminal and the time of receipt ($1 to $4). */
function insertOf(record: Checked): { text: string; values: (string | number | null)[] } {
  const into = (table: string, columns: string, values: (string | number | null)[]) => {
    const places = values.map((_, i) => `$${i + 5}`).join(", ");
    const text = `insert into ${table} (id, store, terminal, received_at, ${columns}, body)
      values ($1, $2, $3, $4, ${places}, $${values.length + 5}::jsonb) on conflict (id) do nothing`;
    return { text, values: [...values, bodyText(record)] };
  };
  switch (record.stream) {
    case "sale": {
      const { status, openedAt, endedAt, currency, total } = record.body;
      const values = [status, instant(openedAt), instant(endedAt), currency, total.minor];
      return into("sale", "status, opened_at, ended_at, currency, total_minor", values);
    }
    case "event": {
      const { at, type, severity } = record.body;
      return into("lane_event", "at, type, severity", [instant(at), type, severity]);
    }
    case "telemetry":
      return into("telemetry", "at", [instant(record.body.at)]);
    case "crop": {
      const { at, lineItemId } = record.body;
      return into("review_crop", "at, line_item, picture", [instant(at), lineItemId, record.picture ?? ""]);
    }
  }
}

/** The cursor's row, made when it is new, and held until the transaction ends: two copies take turns. */
async function lockCursor(tx: Sql, { store, terminal }: From, batch: UpBatch): Promise<UpCursor> {
  const key = [store, terminal, batch.stream, batch.outbox];
  await tx.query(
    `insert into up_cursor (store, terminal, stream, outbox, n, missing, dropped, updated_at)
     values ($1, $2, $3, $4, 0, 0, 0, now()) on conflict do nothing`,
    key,
  );
  const { rows } = await tx.query<UpCursor>(
    `select n, missing from up_cursor
     where store = $1 and terminal = $2 and stream = $3 and outbox = $4 for update`,
    key,
  );
  return rows[0] ?? { n: 0, missing: 0 };
}
