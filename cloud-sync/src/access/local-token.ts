import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudStartError } from "../errors.js";
import { newSecret } from "./secret.js";

/** Where commands on the same data folder find their way in. */
export const tokenFile = (dataDir: string): string => join(dataDir, "token");

/**
 * A token of this one run, for whoever may read the data folder: another at each start, gone with the process, so
 * that none lies about. What has to last is made with `POST /api/tokens`.
 *
 * @throws CloudStartError
 */
export async function writeLocalToken(
  dataDir: string,
): Promise<{ readonly token: string; remove(): Promise<void> }> {
  const file = tokenFile(dataDir);
  const token = newSecret();
  try {
    // Made anew: the rights of an older file would stay.
    await rm(file, { force: true });
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: "wx" });
  } catch (cause) {
    throw new CloudStartError(
      `the token file ${file} cannot be written`,
      "Check that the data folder may be written.",
      { cause },
    );
  }
  return { token, remove: () => rm(file, { force: true }) };
}
