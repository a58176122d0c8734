import { existsSync, readFileSync } from "node:fs";
import { InvalidInputError } from "@tillsight/contracts";
import type { z } from "zod";
import { DaemonConfig } from "./schema.js";

/** Where `tillsight` looks when no `--config` is given. */
export const systemConfigPath = "/etc/tillsight/tillsight.json";

const fieldOf = (issue: z.core.$ZodIssue): string => {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") path.push(issue.keys.join(", "));
  return path.join(".") || "(the whole file)";
};

/**
 * Checks a parsed configuration.
 * @param origin named in the error, usually the file's path
 * @throws InvalidInputError that names every wrong field
 */
export function parseConfig(input: unknown, origin: string): DaemonConfig {
  const result = DaemonConfig.safeParse(input);
  if (result.success) return result.data;
  const wrong = result.error.issues.map((issue) => `${fieldOf(issue)}: ${issue.message}`);
  throw new InvalidInputError(
    `${origin} is not a valid configuration: ${wrong.join("; ")}`,
    "Correct the fields named above; `tillsight config docs` explains each one.",
  );
}

/**
 * Reads a JSON configuration file. Without `path`: the system's file, or the defaults when there is none.
 * @throws InvalidInputError when it cannot be read, is not JSON or does not fit
 */
export function loadConfig(path?: string): DaemonConfig {
  if (path === undefined && !existsSync(systemConfigPath))
    return parseConfig({}, "the default configuration");
  const file = path ?? systemConfigPath;
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw new InvalidInputError(
      `the configuration ${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? "unknown error"})`,
      "Check that the file exists and that the service's user may read it.",
      { cause },
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError(
      `the configuration ${file} is not JSON: ${(cause as Error).message}`,
      "Correct the place named above, then run `tillsight config check`.",
      { cause },
    );
  }
  return parseConfig(json, file);
}
