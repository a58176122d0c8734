import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InvariantError } from "@tillsight/contracts";
import { defaultModelFolder, parseManifest } from "@tillsight/models";
import type { TestedEmbedder } from "../../bench/recognition/embedders.js";
import type { Calibrated } from "./calibrate.js";
import { measuredText, reliabilityPlot } from "./page.js";

const docs = fileURLToPath(new URL("../../../../docs/", import.meta.url));
const marks = ["<!-- measured -->", "<!-- /measured -->"] as const;

/** Into the manifest, checked as the lane will check it, and, of what ships, into the page between its marks. */
export function publish(calibrated: Calibrated, { manifest, folder }: TestedEmbedder): string[] {
  const path = join(folder, `${manifest.id}.json`);
  const content = { ...JSON.parse(readFileSync(path, "utf8")), decision: calibrated.calibration };
  const text = `${JSON.stringify(content, null, 2)}\n`;
  parseManifest(text, path);
  writeFileSync(path, text);
  if (folder !== defaultModelFolder) return [path];
  const page = join(docs, "recognition-decision.md");
  const [before, rest] = readFileSync(page, "utf8").split(marks[0]);
  const after = rest?.split(marks[1])[1];
  if (before === undefined || after === undefined) throw new InvariantError(`${page} has lost its marks`);
  writeFileSync(page, `${before}${marks[0]}\n${measuredText(calibrated)}\n${marks[1]}${after}`);
  const plot = join(docs, "images", "recognition-decision.svg");
  writeFileSync(plot, reliabilityPlot(calibrated));
  return [path, page, plot];
}
