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

function* rows(node: Node, path: string[]): Generator<string> {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const here = [...path, key];
    if (child.properties) {
      yield* rows(child, here);
      continue;
    }
    const fallback = child.default === undefined ? "" : `\`${JSON.stringify(child.default)}\``;
    yield `| \`${here.join(".")}\` | ${cell(allowed(child))} | ${cell(fallback)} | ${cell(child.description ?? child.title ?? "")} |`;
  }
}

/** JSON Schema of the configuration, for editors. */
export const configJsonSchema = (): unknown =>
  z.toJSONSchema(DaemonConfig, { io: "input", unrepresentable: "any" });

/** Markdown table of every setting, made from the schema that checks it. */
export function configDocs(): string {
  const schema = configJsonSchema() as Node;
  return ["| setting | allowed | default | meaning |", "|---|---|---|---|", ...rows(schema, []), ""].join(
    "\n",
  );
}

/** The page docs/settings.md. */
export const settingsPage = (): string =>
  `# Settings\n\nMade by \`npm run docs\` from the schema that checks the configuration. The file is JSON, \`/etc/tillsight/tillsight.json\` unless \`--config\` names another; every setting may be left out. A change takes a restart of the lane.\n\n${configDocs()}`;
