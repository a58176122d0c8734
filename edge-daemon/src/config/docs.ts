import { z } from "zod";
import { DaemonConfig } from "./schema.js";

interface Node {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  anyOf?: { const?: unknown }[];
  items?: { enum?: unknown[] };
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Node>;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

/** What may stand there: choices, or the type with its range. */
function allowed(node: Node): string {
  const choices = node.enum ?? node.items?.enum ?? node.anyOf?.map((one) => one.const);
  if (choices) return `${node.type === "array" ? "list of " : ""}${choices.map(String).join(", ")}`;
  const { type = "", minimum, maximum } = node;
  // An integer without limits of its own gets those of JavaScript, which tell a reader nothing.
  const limits = [minimum, maximum].map((n) =>
    n === undefined || Math.abs(n) >= 2 ** 53 - 1 ? "" : String(n),
  );
  if (limits.every((limit) => limit === "")) return type;
  if (limits.every((limit) => limit !== "")) return `${type}, ${limits.join(" to ")}`;
  return limits[0] === "" ? `${type}, at most ${limits[1]}` : `${type}, at least ${limits[0]}`;
}

/** One setting as people are told about it. */
export interface Setting {
  /** Its place in the file, such as `camera.roi.x`. */
  readonly name: string;
  readonly allowed: string;
  /** As JSON; empty where it may be left out without another value taking its place. */
  readonly fallback: string;
  readonly meaning: string;
}

function* settingsIn(node: Node, path: string[]): Generator<Setting> {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const here = [...path, key];
    if (child.properties) {
      yield* settingsIn(child, here);
      continue;
    }
    yield {
      name: here.join("."),
      allowed: allowed(child),
      fallback: child.default === undefined ? "" : JSON.stringify(child.default),
      meaning: child.description ?? child.title ?? "",
    };
  }
}

/** JSON Schema of the configuration, for editors. */
export const configJsonSchema = (): unknown =>
  z.toJSONSchema(DaemonConfig, { io: "input", unrepresentable: "any" });

/** Every setting, in the schema's order. */
export const listSettings = (): Setting[] => [...settingsIn(configJsonSchema() as Node, [])];

/** For a terminal: name and default, then what it may be and what it means. */
export const explainSetting = ({ name, allowed, fallback, meaning }: Setting): string =>
  `${name}${fallback && ` = ${fallback}`}\n  ${allowed}\n  ${meaning}`;

const row = ({ name, allowed, fallback, meaning }: Setting): string =>
  `| \`${name}\` | ${cell(allowed)} | ${cell(fallback && `\`${fallback}\``)} | ${cell(meaning)} |`;

/** Markdown table of every setting, made from the schema that checks it. */
export const configDocs = (): string =>
  ["| setting | allowed | default | meaning |", "|---|---|---|---|", ...listSettings().map(row), ""].join(
    "\n",
  );

/** The page docs/settings.md. */
export const settingsPage = (): string =>
  `# Settings\n\nMade by \`npm run docs\` from the schema that checks the configuration. The file is JSON, \`/etc/tillsight/tillsight.json\` unless \`--config\` names another; every setting may be left out. A change takes a restart of the lane.\n\n${configDocs()}`;
