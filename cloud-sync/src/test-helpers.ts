import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Product } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";
import sharp from "sharp";
import { type PhotoReader, photoReader } from "./enrol/reading.js";

export const embedderId = "test-embedder";
export const size = 16;

/** A unit vector that depends on `seed` alone. */
export function unitVector(seed: number): Float32Array {
  const raw = Float32Array.from(
    { length: size },
    (_, i) => Math.sin(seed * 12.9898 + i * 78.233) * 0.5 + 0.01,
  );
  const length = Math.sqrt(raw.reduce((sum, x) => sum + x * x, 0));
  return raw.map((x) => x / length);
}

export function product(sku: string, fields: Partial<Record<keyof Product, unknown>> = {}): Product {
  return Product.parse({
    ...{ sku, name: `Item ${sku}`, unit: "each", price: { minor: 199, currency: "EUR" }, taxRateBp: 700 },
    ...{ gtins: [], plu: null, tareGrams: 0, unitGrams: null, unitToleranceGrams: 0, minAge: null },
    ...fields,
  });
}

export function temporaryFolder(): { readonly dir: string; clean(): void } {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-cloud-"));
  return { dir, clean: () => rmSync(dir, { recursive: true, force: true }) };
}

/** A picture of a sharp, well-lit pattern on a plain ground; `red` tells it from others. */
export function testPicture(red: number, width = 240, height = 180): Picture {
  const data = new Uint8Array(width * height * 3).fill(190);
  for (let y = height / 4; y < (height * 3) / 4; y++)
    for (let x = width / 4; x < (width * 3) / 4; x++) {
      const at = (y * width + x) * 3;
      data[at] = red;
      data[at + 1] = data[at + 2] = (x >> 3) % 2 === (y >> 3) % 2 ? 30 : 220;
    }
  return { width, height, data };
}

export function testPhoto(red: number, format: "jpeg" | "png" | "webp" = "png"): Promise<Buffer> {
  const { width, height, data } = testPicture(red);
  return sharp(data, { raw: { width, height, channels: 3 } })
    .toFormat(format)
    .toBuffer();
}

/**
 * Stands for the networks, which are tested where they live: finds one product in the middle, and its vector depends
 * on how red it is.
 */
export const testReader = (id = embedderId): PhotoReader =>
  photoReader(
    {
      detect: async ({ width: w, height: h }) => [
        { box: { x: w / 4, y: h / 4, w: w / 2, h: h / 2 }, score: 0.9 },
      ],
    },
    {
      info: { id, provider: "cpu", refused: [] },
      embed: async (crops) =>
        crops.map(({ width, height, data }) =>
          unitVector(data[(Math.floor(height / 2) * width + Math.floor(width / 2)) * 3] as number),
        ),
    },
  );
