import { addFrame, type Evidence, nearReferences, noEvidence } from "@tillsight/edge-daemon";
import { type BenchContext, progress } from "../../bench/recognition/context.js";
import { drawReferences, type Sample } from "../../bench/recognition/draws.js";
import { Shop, skuOf } from "../../bench/recognition/shop.js";
import { createRandom, type Random } from "../../virtual/random.js";
import type { Pool } from "./pools.js";

/** Share of the items that the catalog leaves out, as in the benchmark. */
export const LEFT_OUT = 1 / 3;
const REFERENCES = [1, 3, 5, 10] as const;
const DRAWS = 3;
const QUERIES = 500;
/** Classes are parted into as many for testing what was fitted on the others. */
export const PARTS = 3;

/** What the lane's catalog says of one picture of an item. */
export interface Asked {
  readonly pool: string;
  readonly network: string;
  readonly references: number;
  /** Of the item's class: what is fitted and what is tested never share one. */
  readonly part: number;
  readonly evidence: Evidence;
  /** Of the network's manifest. */
  readonly thresholds: Pool["judge"]["thresholds"];
  readonly sku: string;
  /** Whether the catalog has the item. */
  readonly known: boolean;
}

/** A catalog by chance, and every picture that is no reference shown to it. */
async function round(pool: Pool, references: number, random: Random): Promise<Asked[]> {
  const classes = [...new Set(pool.samples.map(({ classId }) => classId))];
  const out = new Set(random.shuffle(classes).slice(0, Math.round(classes.length * LEFT_OUT)));
  const { references: drawn, queries } = drawReferences(pool.samples, references, random);
  const stock = [...drawn].flatMap(([classId, vectors]) =>
    out.has(classId) ? [] : [{ sku: skuOf(classId), vectors }],
  );
  const shop = await Shop.open(pool.judge, stock);
  try {
    const shown = random.shuffle(queries.filter(({ classId }) => pool.asked.has(classId))).slice(0, QUERIES);
    return shown.map((query) => asked(pool, references, shop, query, !out.has(query.classId)));
  } finally {
    await shop.close();
  }
}

function asked(
  pool: Pool,
  references: number,
  shop: Shop,
  { classId, vector }: Sample,
  known: boolean,
): Asked {
  const { catalog } = shop;
  const evidence = addFrame(noEvidence, nearReferences(vector, catalog), (sku) => catalog.surroundings(sku));
  return {
    ...{ pool: pool.name, network: pool.judge.info.id, references, part: classId % PARTS },
    ...{ evidence, thresholds: pool.judge.thresholds, sku: skuOf(classId), known },
  };
}

/** Several draws of every pool, with few and with many references. */
export async function drawRounds(context: BenchContext, pools: readonly Pool[]): Promise<Asked[]> {
  const all: Asked[] = [];
  const draws = context.quick ? 1 : DRAWS;
  const say = progress(context, "catalogs drawn by chance");
  let done = 0;
  for (const pool of pools)
    for (const references of REFERENCES)
      for (let draw = 0; draw < draws; draw++) {
        const random = createRandom(context.seed).fork(
          `${pool.name} ${pool.judge.info.id} ${references} ${draw}`,
        );
        all.push(...(await round(pool, references, random)));
        say(++done, pools.length * REFERENCES.length * draws);
        context.signal.throwIfAborted();
      }
  return all;
}
