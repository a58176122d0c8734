import { z } from "zod";
import { DaemonConfig } from "./schema.js";

interface Node {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  properties?: Record<string, Node>;
}

const cell = (text: string): string => text.replaceAll("|", "\\|");

function* rows(node: Node, path: string[]): Generator<string> {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const here = [...path, key];
    if (child.properties) {
      yield* rows(child, here);
      continue;
    }
    const allowed = child.enum?.map(String).join(", ") ?? child.type ?? "";
    const fallback = child.default === undefined ? "" : `\`${JSON.stringify(child.default)}\``;
    yield `| \`${here.join(".")}\` | ${cell(allowed)} | ${cell(fallback)} | ${cell(child.description ?? child.title ?? "")} |`;
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
  `# Settings\n\nMade by \`npm run docs\` from the schema that checks the configuration. The file is JSON, \`/etc/tillsight/tillsight.json\` unless \`--config\` names another; every setting may be left out.\n\n${configDocs()}`;
