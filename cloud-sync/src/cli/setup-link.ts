import { readFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { InvalidInputError } from "@tillsight/contracts";
import { tokenFile } from "../access/local-token.js";
import { SetupLinks } from "../access/setup-links.js";
import type { CliOptions } from "../cli.js";
import { CloudStartError } from "../errors.js";
import { addressFile, lockFolder } from "../folder-lock.js";
import { ownUrl } from "../http/address.js";
import { openDatabase } from "../storage/open.js";

/**
 * A link for the first administrator, or with `--user` for one who forgot the password: of the headquarters that
 * runs on the data folder, or written into its database.
 *
 * @throws SetupDoneError, NotFoundError, CloudStartError, InvalidInputError
 */
export async function newSetupLink(options: CliOptions): Promise<string> {
  const databaseUrl = options["database-url"] ?? process.env.TILLSIGHT_DATABASE_URL;
  if (databaseUrl !== undefined) return writeLink(options, databaseUrl);
  let unlock: () => Promise<void>;
  try {
    unlock = await lockFolder(options.data);
  } catch (error) {
    const address = (await readFile(addressFile(options.data), "utf8").catch(() => "")).trim();
    if (!(error instanceof CloudStartError) || address === "") throw error;
    return askForLink(address, options);
  }
  return writeLink(options, undefined).finally(unlock);
}

async function writeLink(options: CliOptions, databaseUrl: string | undefined): Promise<string> {
  const db = await openDatabase({ dataDir: options.data, databaseUrl });
  try {
    const token = await new SetupLinks(db).create(`cli ${userInfo().username}`, new Date(), options.user);
    return `${options["public-url"]?.replace(/\/+$/, "") ?? ownUrl(options.host, options.port)}/setup#${token}`;
  } finally {
    await db.close();
  }
}

async function askForLink(address: string, { data, user }: CliOptions): Promise<string> {
  const token = (await readFile(tokenFile(data), "utf8")).trim();
  const response = await fetch(`${address}/api/setup/links`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(user === undefined ? {} : { user }),
  });
  const answer = (await response.json()) as { url?: string; title?: string; fix?: string };
  if (response.ok && answer.url !== undefined) return answer.url;
  throw new InvalidInputError(
    answer.title ?? `headquarters answered ${response.status}`,
    answer.fix ?? "See its log.",
  );
}
