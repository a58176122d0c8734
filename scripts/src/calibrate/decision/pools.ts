import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { InvalidInputError } from "@tillsight/contracts";
import type { Embedder } from "@tillsight/models";
import { z } from "zod";
import { type BenchContext, photoSamples, progress } from "../../bench/recognition/context.js";
import type { Sample } from "../../bench/recognition/draws.js";
import type { TestedEmbedder } from "../../bench/recognition/embedders.js";
import type { PhotoSet } from "../../bench/recognition/photos.js";
import { embedShots, type Shot } from "../../bench/recognition/vectors.js";

/** Pictures of items through one network, and which items it has never seen. */
export interface Pool {
  readonly name: string;
  readonly judge: Pick<Embedder, "info" | "size" | "thresholds">;
  readonly samples: readonly Sample[];
  /** Items that may be asked about: never trained on. */
  readonly asked: ReadonlySet<number>;
}

const CropIndex = z.strictObject({ side: z.int().min(16), items: z.array(z.int()) });

/** Where `models/training/write_crops.py` leaves its crops. */
export function cropFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  return join(process.env.TILLSIGHT_TRAINING_CACHE ?? join(cache, "tillsight", "training"), "calibration");
}

interface CropSet {
  readonly items: readonly number[];
  readonly shots: readonly Shot[];
}

/** @throws InvalidInputError that says how to make them. */
function readCrops(folder: string, name: string): CropSet {
  const path = join(folder, `${name}.json`);
  if (!existsSync(path))
    throw new InvalidInputError(
      `there are no crops in ${folder} (${name}.json is missing)`,
      "Make them with python3 models/training/write_crops.py, or name their folder with --crops DIR.",
    );
  const { side, items } = CropIndex.parse(JSON.parse(readFileSync(path, "utf8")));
  const bytes = readFileSync(join(folder, `${name}.u8`));
  const length = side * side * 3;
  if (bytes.length !== items.length * length)
    throw new InvalidInputError(`${name}.u8 does not fit ${name}.json`, "Make both again.");
  const shots = items.map((_, i): Shot => {
    const data = new Uint8Array(bytes.subarray(i * length, (i + 1) * length));
    let sum = 0;
    for (const v of data) sum = (sum * 31 + v) % 0xfff_ffff;
    return { key: `crop ${name} ${i} ${sum}`, picture: async () => ({ width: side, height: side, data }) };
  });
  return { items, shots };
}

async function cropPools(context: BenchContext, folder: string, embedder: Embedder): Promise<Pool[]> {
  const pools: Pool[] = [];
  for (const [name, title] of [
    ["heldOut", "emoji on trays"],
    ["goods", "synthetic goods on trays"],
  ] as const) {
    const { items, shots } = readCrops(folder, name);
    const say = progress(context, `crops (${title}) through ${embedder.info.id}`);
    const vectors = await embedShots(embedder, shots, context.cache, say, context.signal);
    const samples = items.map((classId, i): Sample => ({ classId, vector: vectors[i] as Float32Array }));
    pools.push({ name: title, judge: judgeOf(embedder), samples, asked: new Set(items) });
  }
  return pools;
}

/** The network's name and size outlive its session. */
const judgeOf = ({ info, size, thresholds }: Embedder): Pool["judge"] => ({ info, size, thresholds });

/**
 * What one network never saw: shop photographs, among themselves and among all classes, and crops of held-out goods.
 * Similarities of one network say nothing of another's.
 */
export async function readPools(
  context: BenchContext,
  grocery: PhotoSet,
  crops: string,
  tested: TestedEmbedder,
): Promise<Pool[]> {
  const embedder = await tested.open();
  try {
    const samples = await photoSamples(context, grocery, embedder);
    const asked = tested.heldOut;
    const own = samples.filter(({ classId }) => asked.has(classId));
    const judge = judgeOf(embedder);
    return [
      { name: "photographs", judge, samples: own, asked },
      { name: "photographs among all classes", judge, samples, asked },
      ...(await cropPools(context, crops, embedder)),
    ];
  } finally {
    await embedder.close();
  }
}
