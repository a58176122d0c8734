import { existsSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  artificialFeatures,
  artificialLikelihood,
  exposure,
  measureArtificial,
  sharpness,
  toGray,
} from "@tillsight/cloud-sync";
import { describeError, InvalidInputError } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";
import sharp from "sharp";
import { figure, quantile } from "./bench/quantile.js";
import { areaUnderCurve, fitLogistic, type Sample } from "./calibrate/fit.js";
import { type Known, knownPictures } from "./calibrate/pictures.js";
import { artPath } from "./virtual/art.js";

const usage = `node scripts/dist/calibrate.js [options]

Fits what tells photos from screenshots, prints and renderings, and shows how well the measures of a photo's quality
tell good from bad, on pictures that were not fitted to.

  --data DIR    GroceryStoreDataset with pictures.csv (default ../shared/data/grocery)
  --each N      pictures of each kind (default 300)
  --write       write the weights into cloud-sync/src/enrol/quality/artificial-weights.ts
`;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function blurred(picture: Picture, sigma: number): Promise<Picture> {
  const { width, height, data } = picture;
  const out = await sharp(data, { raw: { width, height, channels: 3 } })
    .blur(sigma)
    .raw()
    .toBuffer();
  return { width, height, data: new Uint8Array(out) };
}

const lit = ({ width, height, data }: Picture, gain: number): Picture => ({
  ...{ width, height },
  data: Uint8Array.from(data, (v) => Math.min(255, Math.round(v * gain))),
});

async function quality(photos: readonly Known[]): Promise<void> {
  const values: Record<string, number[]> = {};
  const add = (name: string, value: number) => {
    values[name] ??= [];
    values[name].push(value);
  };
  for (const photo of photos) {
    const picture = await photo.picture();
    add("sharpness, as taken", sharpness(toGray(picture)));
    for (const sigma of [1.5, 3, 5])
      add(`sharpness, blurred ${sigma} px`, sharpness(toGray(await blurred(picture, sigma))));
    for (const gain of [0.15, 0.3, 1, 2.5, 4]) {
      const e = exposure(toGray(lit(picture, gain)));
      add(`mean luma, light x ${gain}`, e.mean);
      add(`range, light x ${gain}`, e.range);
      add(`white, light x ${gain}`, e.white);
      add(`black, light x ${gain}`, e.black);
    }
  }
  say("| measure | p1 | p5 | p50 | p95 | p99 |\n|---|---|---|---|---|---|");
  for (const [name, list] of Object.entries(values))
    say(`| ${name} | ${[0.01, 0.05, 0.5, 0.95, 0.99].map((q) => figure(quantile(list, q))).join(" | ")} |`);
}

async function artificial(pictures: readonly Known[], write: boolean): Promise<void> {
  const measured: { known: Known; x: number[] }[] = [];
  for (const [i, known] of pictures.entries()) {
    const features = measureArtificial(await known.picture());
    measured.push({ known, x: artificialFeatures.map((name) => features[name]) });
    if (i % 200 === 199) process.stderr.write(`  ${i + 1} of ${pictures.length} pictures\n`);
  }
  const samples = measured
    .filter(({ known }) => !known.held)
    .map(({ known, x }): Sample => ({ x, y: known.kind === "photo" || known.kind === "sheet" ? 0 : 1 }));
  const fitted = fitLogistic(samples);
  const weights = {
    bias: fitted.at(-1) ?? 0,
    ...(Object.fromEntries(artificialFeatures.map((name, k) => [name, fitted[k] ?? 0])) as ReturnType<
      typeof measureArtificial
    >),
  };
  const held = measured.filter(({ known }) => known.held);
  const of = (kind: Known["kind"]) =>
    held
      .filter(({ known }) => known.kind === kind)
      .map(({ x }) =>
        artificialLikelihood(
          Object.fromEntries(artificialFeatures.map((name, k) => [name, x[k] ?? 0])) as ReturnType<
            typeof measureArtificial
          >,
          weights,
        ),
      );
  say(
    "\n| kind, held out | pictures | p50 | at least 0.5 | at least 0.9 | area under the curve |\n|---|---|---|---|---|---|",
  );
  for (const kind of ["photo", "sheet", "packshot", "rendered", "screenshot", "print"] as const) {
    const list = of(kind);
    const share = (least: number) => figure(list.filter((p) => p >= least).length / list.length);
    const area = kind === "photo" ? "" : figure(areaUnderCurve(list, of("photo")));
    say(
      `| ${kind} | ${list.length} | ${figure(quantile(list, 0.5))} | ${share(0.5)} | ${share(0.9)} | ${area} |`,
    );
  }
  say(`\n${JSON.stringify(weights)}`);
  if (write) writeWeights(weights);
}

function writeWeights(weights: Readonly<Record<string, number>>): void {
  const file = fileURLToPath(
    new URL("../../cloud-sync/src/enrol/quality/artificial-weights.ts", import.meta.url),
  );
  const lines = Object.entries(weights).map(([name, value]) => `  ${name}: ${Number(value.toPrecision(5))},`);
  writeFileSync(
    file,
    [
      'import type { ArtificialFeatures } from "./artificial.js";',
      "",
      "/** Written by `node scripts/dist/calibrate.js --write`: logistic regression over the features. */",
      "export const artificialWeights: { readonly bias: number } & ArtificialFeatures = {",
      ...lines,
      "};",
      "",
    ].join("\n"),
  );
  say(`written: ${file}`);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string", default: "../shared/data/grocery" },
      each: { type: "string", default: "300" },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) return say(usage);
  if (!existsSync(`${values.data}/pictures.csv`))
    throw new InvalidInputError(`there are no pictures in ${values.data}`, "Name their folder with --data.");
  const pictures = knownPictures(values.data, dirname(artPath("1f34e")), Number(values.each));
  await quality(pictures.filter(({ kind, held }) => kind === "photo" && held).slice(0, 150));
  await artificial(pictures, values.write);
}

main().catch((error: unknown) => {
  process.stderr.write(`calibrate: ${describeError(error)}\n`);
  process.exitCode = 1;
});
