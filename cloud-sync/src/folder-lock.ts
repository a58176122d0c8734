import { readFileSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudStartError } from "./errors.js";
import { hasCode } from "./has-code.js";

/** Where the HTTP API of the process that uses the folder is: for commands on the same machine. */
export const addressFile = (dataDir: string): string => join(dataDir, "address");

/** A process by its number and its start time (field 22 of /proc/<pid>/stat), because numbers come back; "" when it is gone. */
function identity(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The second field is the name in brackets and may hold blanks.
    return `${pid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
  } catch {
    return "";
  }
}

/**
 * Keeps a second process out of a data folder: the embedded database does not, and two of them would ruin it.
 * What a killed process left is recognised and taken over.
 *
 * @returns what gives the folder back.
 * @throws CloudStartError
 */
export async function lockFolder(dataDir: string): Promise<() => Promise<void>> {
  const file = join(dataDir, "lock");
  const own = identity(process.pid);
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const held = (await readFile(file, "utf8").catch(() => "")).trim();
    if (held !== "" && identity(Number(held.split(" ")[0])) !== held) await rm(file, { force: true });
    await writeFile(file, own, { flag: "wx" });
  } catch (cause) {
    if (hasCode(cause, "EEXIST"))
      throw new CloudStartError(
        `another cloud-sync uses ${dataDir}`,
        "Stop it, or give this one another folder with --data.",
        { cause },
      );
    throw new CloudStartError(
      `the data folder ${dataDir} cannot be used`,
      "Check that it may be written and has space.",
      { cause },
    );
  }
  return () => rm(file, { force: true });
}
