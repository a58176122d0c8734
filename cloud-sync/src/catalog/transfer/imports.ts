import { InvalidInputError } from "@tillsight/contracts";
import { ConflictError, NotFoundError } from "../../errors.js";
import type { Database } from "../../storage/database.js";
import type { NewestFirst } from "../../storage/newest-first.js";
import { type ImportOptions, ImportRun } from "./importer.js";
import type { LineError } from "./kinds.js";
import { type ImportReport, isOver } from "./report.js";
import { failAbandoned, readErrors, readReport, readReports } from "./staging.js";

/** On a server other copies may be importing: nothing takes this long. */
const abandonedAfterMs = 24 * 3_600_000;

/** Imports of this process as they go, and of the past from the database. */
export class Imports {
  readonly #db: Database;
  readonly #now: () => Date;
  readonly #running = new Map<string, ImportRun>();

  constructor(db: Database, now: () => Date = () => new Date()) {
    this.#db = db;
    this.#now = now;
  }

  /** Marks what an earlier process left unfinished as failed. */
  async start(): Promise<void> {
    const spare = this.#db.engine === "pglite" ? 0 : abandonedAfterMs;
    await failAbandoned(this.#db, new Date(this.#now().getTime() - spare));
  }

  /**
   * Reads the file to its end and imports it, or nothing of it: see the report's `state`. An id that is over already
   * answers with its report, and `bytes` are not read.
   *
   * @throws ConflictError when an import with this id is under way.
   */
  async run(bytes: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportReport> {
    const known = await this.find(options.id);
    if (known && isOver(known)) return known;
    if (known)
      throw new ConflictError(`import ${options.id} is under way`, `Look at GET /api/imports/${options.id}.`);
    if (options.replace && options.kind !== "products")
      throw new InvalidInputError("only products can be replaced as a whole", "Leave `replace` out.");
    const run = new ImportRun(this.#db, options, this.#now());
    this.#running.set(options.id, run);
    try {
      return await run.run(bytes, this.#now);
    } finally {
      this.#running.delete(options.id);
    }
  }

  async find(id: string): Promise<ImportReport | undefined> {
    // What runs here is newer in memory, and the embedded database would answer only after its transaction.
    return this.#running.get(id)?.report ?? readReport(this.#db, id);
  }

  /** @throws NotFoundError */
  async require(id: string): Promise<ImportReport> {
    const report = await this.find(id);
    if (!report)
      throw new NotFoundError(`there is no import ${id}`, "See GET /api/imports for those there are.");
    return report;
  }

  list(page: NewestFirst): Promise<ImportReport[]> {
    return readReports(this.#db, page);
  }

  errors(id: string, offset: number, limit: number): Promise<LineError[]> {
    return readErrors(this.#db, id, offset, limit);
  }
}
