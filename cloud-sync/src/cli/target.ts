import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { tokenFile } from "../access/local-token.js";
import { type ExportOptions, exportText } from "../catalog/transfer/exporter.js";
import type { ImportOptions } from "../catalog/transfer/importer.js";
import { Imports } from "../catalog/transfer/imports.js";
import type { LineError } from "../catalog/transfer/kinds.js";
import type { ImportReport } from "../catalog/transfer/report.js";
import { CloudStartError } from "../errors.js";
import { addressFile, lockFolder } from "../folder-lock.js";
import { openDatabase } from "../storage/open.js";
import { HttpTarget } from "./http-target.js";

/** Headquarters as a command sees it: running somewhere, or its database alone. */
export interface Target {
  import(bytes: AsyncIterable<Uint8Array>, options: Omit<ImportOptions, "actor">): Promise<ImportReport>;
  errors(id: string, offset: number, limit: number): Promise<LineError[]>;
  export(options: ExportOptions): AsyncIterable<string>;
  close(): Promise<void>;
}

export interface Where {
  readonly data: string;
  readonly url?: string | undefined;
  /** Of a headquarters at `url`. */
  readonly token?: string | undefined;
  readonly databaseUrl?: string | undefined;
}

/** @throws CloudStartError, CloudNewerError */
export async function openTarget(where: Where): Promise<Target> {
  const { data, url, token = "", databaseUrl } = where;
  if (url !== undefined) return new HttpTarget(url, token);
  if (databaseUrl !== undefined) return openDirect(data, databaseUrl, async () => {});
  let unlock: () => Promise<void>;
  try {
    unlock = await lockFolder(data);
  } catch (error) {
    const address = (await readFile(addressFile(data), "utf8").catch(() => "")).trim();
    if (!(error instanceof CloudStartError) || address === "") throw error;
    return new HttpTarget(address, (await readFile(tokenFile(data), "utf8")).trim());
  }
  return openDirect(data, undefined, unlock).catch(async (error: unknown) => {
    await unlock();
    throw error;
  });
}

async function openDirect(
  dataDir: string,
  databaseUrl: string | undefined,
  unlock: () => Promise<void>,
): Promise<Target> {
  const db = await openDatabase({ dataDir, databaseUrl });
  const imports = new Imports(db);
  await imports.start();
  return {
    import: (bytes, options) => imports.run(bytes, { ...options, actor: `cli ${userInfo().username}` }),
    errors: (id, offset, limit) => imports.errors(id, offset, limit),
    export: (options) => exportText(db, options),
    async close() {
      await db.close();
      await unlock();
    },
  };
}
