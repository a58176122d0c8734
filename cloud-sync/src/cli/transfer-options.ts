import { extname } from "node:path";
import { parseArgs } from "node:util";
import { Currency, InvalidInputError, NodeName } from "@tillsight/contracts";
import { z } from "zod";
import { kindNames } from "../catalog/transfer/kinds.js";
import { encodings } from "../catalog/transfer/lines.js";
import { defaultData } from "../cli.js";

export const transferHelp = `tillsight cloud-sync import | export: the catalog as a file

Usage: node cloud-sync/dist/main.js import <file> [options]     "-" reads standard input
       node cloud-sync/dist/main.js export [file] [options]     without a file: standard output

  --kind <kind>         products, or overrides: what stores do otherwise  (default products)
  --format <format>     csv or jsonl                 (default: by the file's ending, else csv)
  --data <folder>       data folder of headquarters  (default ~/.tillsight/cloud)
  --url <url>           a headquarters that runs elsewhere; its token in TILLSIGHT_TOKEN
  --database-url <url>  the PostgreSQL server itself, or TILLSIGHT_DATABASE_URL
Import:
  --dry-run             tell what would happen, change nothing
  --replace             remove the products that the file does not name
  --currency <code>     of prices whose line names none, such as EUR
  --encoding <name>     ${encodings.join(", ")}  (default utf-8)
  --ignore-unknown      pass over columns that nobody knows
  --report <file>       write the report with every error as JSON
Export:
  --store <name>        as this store sells them
  --bom                 mark a CSV file as UTF-8 for Excel

A running headquarters on the data folder is asked to do it; otherwise its database is opened for the while.
A line changes what its columns say and leaves the rest. When one line does not fit, nothing is imported.
`;

const Shared = {
  help: z.boolean().default(false),
  kind: z.enum(kindNames).default("products"),
  format: z.enum(["csv", "jsonl"]).optional(),
  data: z.string().min(1).default(defaultData),
  url: z.url({ protocol: /^https?$/ }).optional(),
  "database-url": z.string().startsWith("postgres").optional(),
};
const ImportArgs = z.strictObject({
  ...Shared,
  "dry-run": z.boolean().default(false),
  replace: z.boolean().default(false),
  currency: Currency.optional(),
  encoding: z.enum(encodings).default("utf-8"),
  "ignore-unknown": z.boolean().default(false),
  report: z.string().optional(),
});
const ExportArgs = z.strictObject({ ...Shared, store: NodeName.optional(), bom: z.boolean().default(false) });

export type ImportArgs = z.infer<typeof ImportArgs> & { readonly command: "import"; readonly file: string };
export type ExportArgs = z.infer<typeof ExportArgs> & { readonly command: "export"; readonly file?: string };

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const shared = { kind: text, format: text, data: text, url: text, "database-url": text };
const options = {
  import: {
    ...{ ...shared, "dry-run": flag, replace: flag, currency: text, encoding: text, "ignore-unknown": flag },
    ...{ report: text, help: { ...flag, short: "h" } },
  },
  export: { ...shared, store: text, bom: flag, help: { ...flag, short: "h" } },
} as const;

/** @param argv what follows the command @throws InvalidInputError that names the option */
export function parseTransfer(
  command: "import" | "export",
  argv: readonly string[],
): ImportArgs | ExportArgs {
  try {
    const { values, positionals } = parseArgs({
      ...{ args: [...argv], options: options[command], allowPositionals: true },
    });
    const [file, ...more] = positionals;
    if (more.length > 0)
      throw new InvalidInputError(`one file at a time, not also ${more[0]}`, "See --help.");
    if (command === "export") {
      const args = ExportArgs.parse(values);
      return { ...args, command, ...(file === undefined || file === "-" ? {} : { file }) };
    }
    const args = ImportArgs.parse(values);
    if (file === undefined && !args.help)
      throw new InvalidInputError("which file?", "Name it after `import`, or - for standard input.");
    return { ...args, command, file: file ?? "-" };
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const message = issue ? `--${issue.path.join(".")}: ${issue.message}` : String((cause as Error).message);
    throw new InvalidInputError(message, "See --help.", { cause });
  }
}

/** By the file's ending, unless it is named. */
export const formatOf = (args: { format?: "csv" | "jsonl" | undefined; file?: string }): "csv" | "jsonl" =>
  args.format ?? ([".jsonl", ".ndjson"].includes(extname(args.file ?? "").toLowerCase()) ? "jsonl" : "csv");
