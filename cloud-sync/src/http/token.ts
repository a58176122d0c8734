import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CloudStartError, UnauthorizedError } from "../errors.js";

/** The write token of the data folder; made at the first start, readable by its owner only. */
export async function loadToken(
  dataDir: string,
): Promise<{ readonly token: string; readonly isNew: boolean }> {
  const file = join(dataDir, "token");
  const token = randomBytes(24).toString("base64url");
  try {
    await writeFile(file, `${token}\n`, { mode: 0o600, flag: "wx" });
    return { token, isNew: true };
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST"))
      throw new CloudStartError(
        `the token file ${file} cannot be written`,
        "Check that the data folder may be written.",
        { cause },
      );
  }
  const stored = (await readFile(file, "utf8")).trim();
  if (stored.length < 16)
    throw new CloudStartError(
      `the token in ${file} is too short`,
      "Delete the file; the next start makes a new one.",
    );
  return { token: stored, isNew: false };
}

const digest = (text: string) => createHash("sha256").update(text).digest();

/** Compares in constant time. @throws UnauthorizedError */
export function requireToken(token: string, header: string | undefined): void {
  const given = /^Bearer (\S+)$/.exec(header ?? "")?.[1] ?? "";
  if (!timingSafeEqual(digest(given), digest(token))) throw new UnauthorizedError();
}
