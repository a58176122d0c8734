import { readFileSync } from "node:fs";
import { Letterboxer, openAnyGraph, readModel } from "@tillsight/models";
import { virtualPhotos } from "../virtual-photos.js";
import type { Precision, Variant } from "./variants.js";

const PRODUCTS = 24;

/** How near a reduced embedder's vectors are to the shipped one's; cosines. */
export interface Agreement {
  readonly network: string;
  readonly precision: Precision;
  readonly mean: number;
  readonly least: number;
  readonly pictures: number;
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, x] of a.entries()) {
    const y = b[i] ?? 0;
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return ab / Math.sqrt(aa * bb);
}

/** The same pictures of the virtual lane's goods through the shipped embedder and through its reduced copies. */
export async function measureAgreement(variants: readonly Variant[]): Promise<Agreement[]> {
  const { manifest } = await readModel("embedder");
  const boxer = new Letterboxer(manifest.input);
  const pictures = await Promise.all(virtualPhotos(PRODUCTS, 1).photos.map(({ shot }) => shot.picture()));
  const embed = async (path: string): Promise<Float32Array[]> => {
    const graph = await openAnyGraph(readFileSync(path), "cpu", 2);
    const tensor = new Float32Array(boxer.length);
    const vectors: Float32Array[] = [];
    for (const picture of pictures) {
      boxer.write(picture, tensor, 0);
      const dims = [1, 3, manifest.input.height, manifest.input.width];
      vectors.push(Float32Array.from(await graph.run(manifest.input.name, tensor, dims)));
    }
    await graph.close();
    return vectors;
  };
  const own = variants.filter((v) => v.ours && v.kind === "embedder");
  const shipped = own.find((v) => v.precision === "as shipped");
  const truth = shipped ? await embed(shipped.path) : [];
  const agreements: Agreement[] = [];
  for (const { network, precision, path } of own.filter((v) => v !== shipped)) {
    const cosines = (await embed(path)).map((v, i) => cosine(v, truth[i] ?? v));
    const mean = cosines.reduce((a, b) => a + b, 0) / cosines.length;
    agreements.push({ network, precision, mean, least: Math.min(...cosines), pictures: cosines.length });
  }
  return agreements;
}
