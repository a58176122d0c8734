import { randomUUID } from "node:crypto";
import { InvalidInputError, Product } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";
import { type EnrolReport, enrolItem } from "../catalog/index.js";
import type { DaemonConfig } from "../config/schema.js";
import { type EnrolmentView, embedForEnrolment } from "../recognition/index.js";
import { type CommandContext, type ExitCode, exitCodes } from "./context.js";
import { type Networks, openNetworks, visitCatalog } from "./parts.js";
import { readPhoto } from "./photos.js";

export interface EnrollOptions {
  readonly sku: string;
  readonly name: string;
  /** Minor units. */
  readonly price: number;
  readonly byWeight: boolean;
  readonly gtin?: string[];
  readonly plu?: string;
  /** Basis points. */
  readonly tax: number;
  readonly tare: number;
  readonly grams?: number;
  readonly gramsTolerance: number;
  readonly minAge?: number;
  readonly force: boolean;
}

/** @throws InvalidInputError that names every option that does not fit */
export function productOf(options: EnrollOptions, currency: string): Product {
  const parsed = Product.safeParse({
    sku: options.sku,
    name: options.name,
    unit: options.byWeight ? "weight" : "each",
    price: { minor: options.price, currency },
    taxRateBp: options.tax,
    gtins: options.gtin ?? [],
    plu: options.plu ?? null,
    tareGrams: options.tare,
    unitGrams: options.grams ?? null,
    unitToleranceGrams: options.gramsTolerance,
    minAge: options.minAge ?? null,
  });
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map((i) => `${i.path.map(String).join(".")}: ${i.message}`);
  throw new InvalidInputError(`this cannot be sold: ${wrong.join("; ")}`, "Correct the options named above.");
}

async function enrol(
  config: DaemonConfig,
  networks: Networks,
  paths: string[],
  options: EnrollOptions,
  say: (text: string) => void,
): Promise<EnrolReport> {
  const product = productOf(options, config.currency);
  const photos: Picture[] = [];
  for (const path of paths) photos.push(await readPhoto(path));
  const views: EnrolmentView[] = [];
  for (const [i, photo] of photos.entries()) {
    const view = await embedForEnrolment(photo, networks);
    say(
      view.box
        ? `${paths[i]}: found the item`
        : `${paths[i]}: nothing stands out, the whole picture is taken`,
    );
    views.push(view);
  }
  const catalog = await visitCatalog(config, networks.embedder);
  try {
    return await enrolItem(catalog, {
      product,
      photos: views.map((v) => v.crop),
      embed: async () => views.map((v) => v.vector),
      newId: randomUUID,
      conflictFrom: networks.embedder.thresholds.match,
      onConflict: options.force ? "store" : "refuse",
    });
  } finally {
    await catalog.stop();
  }
}

/** Adds an item from one to five pictures; a running lane sells it within a second. */
export async function enrollCommand(
  context: CommandContext,
  paths: string[],
  options: EnrollOptions,
): Promise<ExitCode> {
  if (paths.length > 5)
    throw new InvalidInputError(`${paths.length} pictures`, "Give one to five pictures of the item.");
  const config = context.loadConfig();
  const networks = await openNetworks(config);
  try {
    const report = await enrol(config, networks, paths, options, context.print);
    for (const c of report.conflicts)
      context.print(`photo ${c.photo} looks like ${c.name} (${c.sku}), similarity ${c.score.toFixed(3)}`);
    if (!report.enrolled) {
      context.print("Not added. Take clearer pictures of what tells the two apart, or say --force.");
      return exitCodes.failed;
    }
    if (paths.length > 1 && report.agreement < networks.embedder.thresholds.ambiguous)
      context.print(
        `The pictures differ a lot (${report.agreement.toFixed(3)}): do all of them show the same item?`,
      );
    context.print(
      `${options.name} (${options.sku}) is sold from now on, recognised by ${report.referenceIds.length} picture(s).`,
    );
    return exitCodes.ok;
  } finally {
    await networks.close();
  }
}
