import { type FileHandle, open, readFile, truncate } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { InvalidInputError, TillMessage } from "@tillsight/contracts";
import { z } from "zod";

const [Item, Void, Total] = TillMessage.options;
const stamp = { at: z.iso.datetime(), sequence: z.int().min(0) };

/** One line of the till's log: a till-line message as it came, or a scan; with time and the frame's sequence. */
export const BookEntry = z.discriminatedUnion("kind", [
  Item.extend(stamp),
  Void.extend(stamp),
  Total.extend(stamp),
  z.strictObject({
    kind: z.literal("scan"),
    at: z.iso.datetime(),
    /** 0 to 99, or null where scans have no number. */ sequence: z.int().min(0).max(99).nullable(),
    code: z.string(),
  }),
]);
export type BookEntry = z.infer<typeof BookEntry>;
type Scanned = Extract<BookEntry, { kind: "scan" }>;

/** What a till has booked: in memory for answers, in an append-only file of JSON lines for the day after. */
export class TillBook {
  readonly #path: string | null;
  #file: FileHandle | null = null;
  #entries: BookEntry[] = [];
  readonly #byMessage = new Map<string, BookEntry>();
  /** Minor units of each line that is booked and not voided, by transaction. */
  readonly #open = new Map<string, Map<string, number>>();
  #lastScan: Scanned | null = null;
  #lastMessage: { sequence: number; messageId: string } | null = null;

  /** `path` null: forgets everything at the end of the process. */
  constructor(path: string | null) {
    this.#path = path;
  }

  /**
   * Reads the file back. A last line without its line end was never answered, so it is taken off.
   * @throws InvalidInputError when an earlier line is not one of ours.
   */
  async open(): Promise<void> {
    if (this.#path === null || this.#file) return;
    const text = await readFile(this.#path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    const whole = text.slice(0, text.lastIndexOf("\n") + 1);
    if (whole.length < text.length) await truncate(this.#path, Buffer.byteLength(whole));
    this.#entries = [];
    for (const [index, line] of whole.split("\n").entries())
      if (line) this.#remember(parseLine(line, index, this.#path));
    this.#file = await open(this.#path, "a");
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
  }

  /** Durable before it resolves. */
  async record(entry: BookEntry): Promise<void> {
    if (this.#file) {
      await this.#file.appendFile(`${JSON.stringify(entry)}\n`);
      await this.#file.datasync();
    }
    this.#remember(entry);
  }

  entries = (): readonly BookEntry[] => this.#entries;
  lastScan = (): Scanned | null => this.#lastScan;
  lastMessage = (): { sequence: number; messageId: string } | null => this.#lastMessage;

  /** Whether this message id is booked, and with the same content. */
  known(message: TillMessage): "new" | "same" | "different" {
    const entry = this.#byMessage.get(message.messageId);
    if (!entry) return "new";
    const { at: _at, sequence: _sequence, ...booked } = entry;
    return isDeepStrictEqual(booked, message) ? "same" : "different";
  }

  /** Minor units of the transaction's lines that are not voided, by line item id. */
  lines = (transactionId: string): ReadonlyMap<string, number> => this.#open.get(transactionId) ?? new Map();

  #remember(entry: BookEntry): void {
    this.#entries.push(entry);
    if (entry.kind === "scan") {
      this.#lastScan = entry;
      return;
    }
    this.#byMessage.set(entry.messageId, entry);
    this.#lastMessage = { sequence: entry.sequence, messageId: entry.messageId };
    const lines = this.#open.get(entry.transactionId) ?? new Map<string, number>();
    this.#open.set(entry.transactionId, lines);
    if (entry.kind === "item")
      lines.set(entry.lineItemId, (lines.get(entry.lineItemId) ?? 0) + entry.total.minor);
    if (entry.kind === "void") lines.delete(entry.lineItemId);
  }
}

function parseLine(line: string, index: number, path: string): BookEntry {
  try {
    return BookEntry.parse(JSON.parse(line));
  } catch (cause) {
    throw new InvalidInputError(
      `line ${index + 1} of the till's log ${path} is not one of ours`,
      "Move the file away, or name another one.",
      { cause },
    );
  }
}
