import { parseArgs } from "node:util";
import { Currency, InvalidInputError } from "@tillsight/contracts";
import { z } from "zod";
import { defaultData } from "../cli.js";

export const enrolHelp = `tillsight cloud-sync enrol: pictures of many products at once

Usage: node cloud-sync/dist/main.js enrol <folder | file.zip | file.csv> [options]

  A folder or ZIP holds SKU.jpg, SKU_2.jpg or SKU/anything.jpg, a GTIN may stand for the SKU.
  A CSV file has a column for SKU or GTIN and one for links; headquarters fetches them.

  --price-list          the CSV file is a supplier's price list: its products are imported first
  --columns <names>     what columns are called there, such as sku=Number,name=Title,image=Picture
  --currency <code>     of a price list's prices whose line names none, such as EUR
  --label <text>        what this batch is called           (default: the file's name)
  --batch <uuid>        go on with a batch that was broken off; nothing comes twice
  --no-wait             end when everything is sent, not when it is enrolled
  --data <folder>       data folder of headquarters         (default ~/.tillsight/cloud)
  --url <url>           a headquarters that runs elsewhere; its token in TILLSIGHT_TOKEN
  --database-url <url>  the PostgreSQL server itself, or TILLSIGHT_DATABASE_URL
  --objects <place>     pictures, as for headquarters       (default: in the data folder)
  --models <folder>     manifests and weights               (default: the ones shipped)

A running headquarters on the data folder does the work; otherwise this command does, while it runs.
The exit code is 0 when every picture was taken or waits for a person.
`;

const Columns = z.string().transform((text, context) => {
  const pairs = text.split(",").map((pair) => pair.split("=").map((part) => part.trim()));
  if (pairs.some((pair) => pair.length !== 2 || pair.includes(""))) {
    context.addIssue({ code: "custom", message: "as in sku=Number,image=Picture" });
    return z.NEVER;
  }
  return Object.fromEntries(pairs as [string, string][]);
});

const Args = z.strictObject({
  help: z.boolean().default(false),
  "price-list": z.boolean().default(false),
  columns: Columns.optional(),
  currency: Currency.optional(),
  label: z.string().min(1).max(200).optional(),
  batch: z.uuid().optional(),
  "no-wait": z.boolean().default(false),
  data: z.string().min(1).default(defaultData),
  url: z.url({ protocol: /^https?$/ }).optional(),
  "database-url": z.string().startsWith("postgres").optional(),
  objects: z.string().min(1).optional(),
  models: z.string().optional(),
});
export type EnrolArgs = z.infer<typeof Args> & { readonly path: string };

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;

/** @param argv what follows the command @throws InvalidInputError that names the option */
export function parseEnrol(argv: readonly string[]): EnrolArgs {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        ...{ "price-list": flag, columns: text, currency: text, label: text, batch: text, "no-wait": flag },
        ...{ data: text, url: text, "database-url": text, objects: text, models: text },
        help: { ...flag, short: "h" },
      },
    });
    const args = Args.parse(values);
    const [path, ...more] = positionals;
    if (!args.help && (path === undefined || more.length > 0))
      throw new InvalidInputError("which folder, ZIP or CSV file?", "Name one after `enrol`.");
    if (args["price-list"] && !/\.(csv|tsv|txt)$/i.test(path ?? ""))
      throw new InvalidInputError("--price-list is for a CSV file", "See --help.");
    return { ...args, path: path ?? "" };
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined;
    const message = issue ? `--${issue.path.join(".")}: ${issue.message}` : String((cause as Error).message);
    throw new InvalidInputError(message, "See --help.", { cause });
  }
}
