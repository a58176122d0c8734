import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Check as AnyCheck, type Finding, HealthReport } from "@tillsight/contracts";
import type { CliOptions } from "../../cli.js";
import { addressFile, lockFolder } from "../../folder-lock.js";
import type { Database } from "../../storage/database.js";
import { openUnchanged } from "../../storage/open.js";

/** What the checks look at. */
export interface DoctorContext {
  readonly options: CliOptions;
  readonly databaseUrl: string | undefined;
  readonly now: () => Date;
  /** Bytes that a folder's file system has free. */
  readonly freeBytes: (folder: string) => number;
  /** Of the headquarters that runs on the data folder; undefined when none answers. */
  readonly running: HealthReport | undefined;
  /** Undefined where there is none yet, or the running headquarters has it (`busy`). */
  readonly database: Database | undefined;
  /** Why the database could not be opened. */
  readonly databaseError: unknown;
}

export type Check = AnyCheck<DoctorContext>;
export type Found = Omit<Finding, "check">;

export const ok = (detail: string): Found => ({ state: "ok", detail });
export const warning = (detail: string, fix: string): Found => ({ state: "warning", detail, fix });
export const failure = (detail: string, fix: string): Found => ({ state: "failure", detail, fix });

/** What the headquarters on this data folder says of itself. */
export async function askRunning(dataDir: string): Promise<HealthReport | undefined> {
  const address = (await readFile(addressFile(dataDir), "utf8").catch(() => "")).trim();
  if (address === "") return undefined;
  try {
    const response = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(5_000) });
    return HealthReport.parse(await response.json());
  } catch {
    return undefined;
  }
}

type Opened = Pick<DoctorContext, "database" | "databaseError"> & { readonly close: () => Promise<void> };

/** The database as it is: nothing is created or changed, and a process that uses an embedded one is left alone. */
export async function openForLooking(dataDir: string, databaseUrl: string | undefined): Promise<Opened> {
  const none = { database: undefined, databaseError: undefined, close: async () => {} };
  let unlock = async () => {};
  try {
    if (databaseUrl === undefined) {
      if (!existsSync(join(dataDir, "catalog"))) return none;
      unlock = await lockFolder(dataDir);
    }
    const database = await openUnchanged({ dataDir, databaseUrl });
    const close = () => database.close().finally(unlock);
    return { database, databaseError: undefined, close };
  } catch (databaseError) {
    await unlock();
    return { ...none, databaseError };
  }
}
