import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError } from "@tillsight/contracts";
import { networkId, readModel } from "@tillsight/models";
import type { PageSection } from "./section.js";

/** A part's result as it is kept between runs. */
interface Kept {
  readonly networks: string;
  readonly section: PageSection;
}

/** Parts in which the detector plays a role; the others' figures are of the embedder alone. */
const withDetector = new Set(["shop-photos", "virtual-trays", "photo-trays", "speed"]);

/** The networks that ship and matter to a part: figures of others do not belong on the page. */
export async function networksOf(part: string): Promise<string> {
  const embedder = networkId((await readModel("embedder")).manifest);
  return withDetector.has(part)
    ? `${networkId((await readModel("detector")).manifest)} and ${embedder}`
    : embedder;
}

const pathOf = (dir: string, part: string): string => join(dir, `section-${part}.json`);

/** Notes under a section when and on what it was measured, and keeps it for a page that is written later. */
export function keep(dir: string, networks: string, section: PageSection, date: string): PageSection {
  const dated = { ...section, text: `${section.text}\n\nMeasured on ${date}, with what ships: ${networks}.` };
  mkdirSync(dir, { recursive: true });
  const kept: Kept = { networks, section: dated };
  writeFileSync(pathOf(dir, section.name), JSON.stringify(kept));
  return dated;
}

/** @throws InvalidInputError where a part was never measured, or with other networks than those that ship. */
export function keptSection(dir: string, networks: string, part: string): PageSection {
  const path = pathOf(dir, part);
  const kept = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Kept) : undefined;
  if (kept?.networks === networks) return kept.section;
  throw new InvalidInputError(
    kept ? `${part} was measured with other networks (${kept.networks})` : `${part} was never measured here`,
    `Measure it first: npm run bench:recognition -- --only ${part}.`,
  );
}
