import type { Box } from "@tillsight/contracts";
import { sharedArea } from "@tillsight/models";
import type { PhotoReading } from "../reading.js";
import type { Conflict, Finding, Verdict } from "./verdict.js";

/** From where on a measure is a finding. Shown on held-out pictures by `node scripts/dist/calibrate.js`. */
export const limits = {
  /** Shorter side of what is cut out, pixels: the embedder looks at 96. */
  small: 48,
  tiny: 24,
  /** See `sharpness`: photos in focus have 0.5 and more, blurred by three pixels of 350 less than 0.05. */
  blurred: 0.1,
  /** Mean luma, when nothing stands out either: a black product in good light has highlights. */
  dark: { mean: 40, range: 56 },
  /** Share of white, of what is cut out: a cut-out on white paper is taken whole, and is fine. */
  bright: 0.6,
  /** Luma between the darkest and lightest twentieth. */
  noContrast: 18,
  artificial: 0.8,
  /** Cosine from which two pictures show the same thing, whatever they are called. */
  duplicate: 0.985,
} as const;

/** What a photo's measures mean for enrolling it. `match`: the embedder's own threshold, as the lane uses it. */
export function judge(reading: PhotoReading, conflicts: readonly Conflict[], match: number): Verdict {
  const { width, height, box, boxes, artificial } = reading;
  return {
    ...{ width, height, box, products: boxes.length, sharpness: reading.sharpness },
    ...{ luma: reading.exposure.mean, artificial, conflicts: [...conflicts] },
    findings: [
      ...sizeFindings(reading),
      ...lightFindings(reading),
      ...subjectFindings(reading),
      ...conflictFindings(conflicts, match),
    ],
  };
}

/** What happens to the photo; a person's word (`forced`) overrides everything but what cannot serve at all. */
export function outcomeOf({ findings }: Verdict, forced: boolean): "enrolled" | "held" | "refused" {
  if (forced) return "enrolled";
  if (findings.some(({ grade }) => grade === "refuse")) return "refused";
  return findings.some(({ grade }) => grade === "hold") ? "held" : "enrolled";
}

function sizeFindings({ width, height, box }: PhotoReading): Finding[] {
  const side = Math.round(box ? Math.min(box.w, box.h) : Math.min(width, height));
  if (side >= limits.small) return [];
  return [
    {
      ...{ code: "small", grade: side < limits.tiny ? "refuse" : "hold" },
      message: `the product is only ${side} pixels wide`,
      fix: "Go nearer, or send the picture in full size.",
    },
  ];
}

function lightFindings({ exposure, sharpness, box }: PhotoReading): Finding[] {
  const { mean, white, range } = exposure;
  const findings: Finding[] = [];
  if (mean < limits.dark.mean && range < limits.dark.range)
    findings.push({ code: "dark", grade: "hold", message: "it is too dark", fix: "Put on a light." });
  else if (box && white > limits.bright)
    findings.push({
      code: "bright",
      grade: "hold",
      message: "it is too bright",
      fix: "Avoid glare and direct light.",
    });
  if (range < limits.noContrast)
    findings.push({
      ...{ code: "noContrast", grade: "hold", message: "hardly anything can be told apart on it" },
      fix: "Put the product on a plain ground of another colour, in good light.",
    });
  else if (sharpness < limits.blurred)
    findings.push({
      ...{ code: "blurred", grade: "hold", message: "it is blurred" },
      fix: "Hold still, wipe the lens, and let the camera focus.",
    });
  return findings;
}

function subjectFindings({ box, boxes, exposure, artificial }: PhotoReading): Finding[] {
  const findings: Finding[] = [];
  if (!box && boxes.length > 0)
    findings.push({
      ...{ code: "crowded", grade: "note" },
      message: "goods are all over it, so it was taken whole",
      fix: "It serves where all of them are this product. Better put one alone on a plain ground, and take it from above.",
    });
  else if (!box)
    findings.push({
      ...{ code: "noProduct", grade: exposure.range < limits.noContrast ? "refuse" : "note" },
      message: "no product was found on it, so it was taken whole",
      fix: "Put the product alone on a plain ground, and take it from above.",
    });
  else if (boxes.some((other) => rivals(box, other)))
    findings.push({
      ...{ code: "severalProducts", grade: "hold", message: `${boxes.length} products are on it` },
      fix: "Send a picture of this product alone, or accept it when the right one is framed.",
    });
  if (artificial >= limits.artificial)
    findings.push({
      ...{ code: "artificial", grade: "note" },
      message: `it looks like a screenshot, print or drawing rather than a photo (${Math.round(artificial * 100)} %)`,
      fix: "Photos of the product itself are recognised better.",
    });
  return findings;
}

/** Whether another box could be meant: not much smaller than the main one, and not a part of it. */
function rivals(main: Box, other: Box): boolean {
  if (other === main) return false;
  const area = other.w * other.h;
  return area > 0.35 * main.w * main.h && sharedArea(main, other) < 0.5 * Math.min(area, main.w * main.h);
}

function conflictFindings(conflicts: readonly Conflict[], match: number): Finding[] {
  const [worst] = conflicts;
  if (!worst || worst.similarity < match) return [];
  const percent = `${(worst.similarity * 100).toFixed(1)} %`;
  if (worst.similarity >= limits.duplicate)
    return [
      {
        ...{ code: "duplicate", grade: "hold" },
        message: `it is nearly the same picture as one of product ${worst.sku} (${percent})`,
        fix: "Compare the two: reject the one that was sent for the wrong product.",
      },
    ];
  return [
    {
      ...{ code: "lookAlike", grade: "note" },
      message: `it looks like product ${worst.sku} (${percent})`,
      fix: "The lane will ask the shopper which it is; pictures from other sides may tell them apart.",
    },
  ];
}
