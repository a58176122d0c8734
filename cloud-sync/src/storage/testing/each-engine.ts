import { afterAll, beforeAll, describe } from "vitest";
import { temporaryFolder } from "../../test-helpers.js";
import type { Database } from "../database.js";
import { openDatabase } from "../open.js";
import { type PostgresServer, postgresBinaries, startPostgres, withPostgres } from "./postgres-server.js";

/** Where a suite's data lies: opened again, it is there again. */
export interface Place {
  open(): Promise<Database>;
  /** Another one, empty. */
  another(): Promise<Place>;
}

/** Runs a suite on the embedded engine and on a server. `place` may be called from `beforeAll` on. */
export function onEachEngine(suite: (place: () => Place) => void): void {
  describe("on PGlite", () => {
    let folder: ReturnType<typeof temporaryFolder>;
    let places = 0;
    const make = (dataDir: string): Place => ({
      open: () => openDatabase({ dataDir }),
      another: async () => make(`${folder.dir}/${++places}`),
    });
    beforeAll(() => {
      folder = temporaryFolder();
    });
    suite(() => make(folder.dir));
    afterAll(() => folder.clean());
  });

  describe.skipIf(!postgresBinaries())(withPostgres("on PostgreSQL"), () => {
    let server: PostgresServer;
    let first: Place;
    const make = (databaseUrl: string): Place => ({
      open: () => openDatabase({ dataDir: "", databaseUrl }),
      another: async () => make(await server.database()),
    });
    beforeAll(async () => {
      server = await startPostgres();
      first = make(await server.database());
    }, 60_000);
    suite(() => first);
    afterAll(() => server.stop());
  });
}
