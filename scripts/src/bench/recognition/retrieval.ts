import { createRandom } from "../../virtual/random.js";
import { type BenchContext, photoSamples, progress } from "./context.js";
import { drawReferences, type Sample } from "./draws.js";
import type { TestedEmbedder } from "./embedders.js";
import type { PhotoSet } from "./photos.js";
import { type Judge, Shop, skuOf } from "./shop.js";
import { embedShots } from "./vectors.js";

/** References of each product: photos by chance, or the catalogue picture alone. */
export const referenceKinds = ["1", "5", "10", "iconic"] as const;
export type ReferenceKind = (typeof referenceKinds)[number];

/** Which products are in the catalog, and whose photos are asked about. */
export const catalogs = ["unseen, among themselves", "unseen, among all", "seen, among all"] as const;
export type CatalogKind = (typeof catalogs)[number];

/** Hits of one draw for one group of photos. */
export interface Hits {
  readonly asked: number;
  readonly first: number;
  readonly firstThree: number;
  /** The best product is of the right coarse class. */
  readonly coarse: number;
}

export const groups = ["all", "packaged", "produce"] as const;
export type Group = (typeof groups)[number];

export interface RetrievalDraw {
  readonly network: string;
  /** The network whose unseen classes these are: the reference network is asked about the same ones. */
  readonly fold: string;
  readonly catalog: CatalogKind;
  readonly references: ReferenceKind;
  readonly hits: Readonly<Record<Group, Hits>>;
  /** Of photos whose best product is a wrong one: class and answer. */
  readonly confusions: readonly (readonly [truth: number, answer: number])[];
}

/** One photo's answer. */
interface Answer {
  readonly classId: number;
  readonly ranked: readonly number[];
}

const classOf = (sku: string): number => Number(sku.replace("class-", ""));

async function ask(
  judge: Judge,
  references: ReadonlyMap<number, readonly Float32Array[]>,
  queries: readonly Sample[],
): Promise<Answer[]> {
  const stock = [...references].map(([classId, vectors]) => ({ sku: skuOf(classId), vectors }));
  const shop = await Shop.open(judge, stock);
  try {
    return queries.map(({ classId, vector }) => ({
      classId,
      ranked: shop.ask(vector).evidence.votes.map(({ sku }) => classOf(sku)),
    }));
  } finally {
    await shop.close();
  }
}

function hitsOf(answers: readonly Answer[], set: PhotoSet, group: Group): Hits {
  const byId = new Map(set.classes.map((c) => [c.id, c]));
  const own = answers.filter(
    ({ classId }) => group === "all" || byId.get(classId)?.packaged === (group === "packaged"),
  );
  const coarse = (id: number | undefined) => byId.get(id ?? -1)?.coarse;
  return {
    asked: own.length,
    first: own.filter(({ classId, ranked }) => ranked[0] === classId).length,
    firstThree: own.filter(({ classId, ranked }) => ranked.slice(0, 3).includes(classId)).length,
    coarse: own.filter(({ classId, ranked }) => coarse(ranked[0]) === coarse(classId)).length,
  };
}

function judged(
  of: Pick<RetrievalDraw, "network" | "fold" | "catalog" | "references">,
  answers: readonly Answer[],
  set: PhotoSet,
): RetrievalDraw {
  return {
    ...of,
    hits: {
      all: hitsOf(answers, set, "all"),
      packaged: hitsOf(answers, set, "packaged"),
      produce: hitsOf(answers, set, "produce"),
    },
    confusions: answers.flatMap(({ classId, ranked }) =>
      ranked[0] !== undefined && ranked[0] !== classId ? [[classId, ranked[0]] as const] : [],
    ),
  };
}

/** What one network makes of the photos, once for each fold whose unseen classes it is asked about. */
export async function measureRetrieval(
  context: BenchContext,
  set: PhotoSet,
  tested: TestedEmbedder,
  folds: readonly TestedEmbedder[],
): Promise<RetrievalDraw[]> {
  const embedder = await tested.open();
  try {
    const samples = await photoSamples(context, set, embedder);
    const shots = set.classes.map(({ iconic }) => iconic);
    const vectors = await embedShots(embedder, shots, context.cache);
    const iconic = new Map(set.classes.map(({ id }, i) => [id, vectors.slice(i, i + 1)]));
    const draws: RetrievalDraw[] = [];
    const drawCount = context.quick ? 2 : 5;
    const tell = progress(context, `retrieval with ${tested.name}`);
    const rounds = referenceKinds.flatMap((references) =>
      Array.from({ length: references === "iconic" ? 1 : drawCount }, (_, draw) => ({ references, draw })),
    );
    for (const [i, { references, draw }] of rounds.entries()) {
      const drawn = drawOf(
        samples,
        iconic,
        references,
        createRandom(context.seed).fork(`references ${references} ${draw}`),
      );
      for (const fold of folds)
        draws.push(...(await drawsOf(tested, fold, embedder, drawn, references, set)));
      tell(i + 1, rounds.length);
      context.signal.throwIfAborted();
    }
    return draws;
  } finally {
    await embedder.close();
  }
}

function drawOf(
  samples: readonly Sample[],
  iconic: ReadonlyMap<number, readonly Float32Array[]>,
  kind: ReferenceKind,
  random: ReturnType<typeof createRandom>,
) {
  if (kind === "iconic") return { references: iconic, queries: samples };
  return drawReferences(samples, Number(kind), random);
}

async function drawsOf(
  tested: TestedEmbedder,
  fold: TestedEmbedder,
  judge: Judge,
  { references, queries }: ReturnType<typeof drawOf>,
  kind: ReferenceKind,
  set: PhotoSet,
): Promise<RetrievalDraw[]> {
  const of = { network: tested.name, fold: fold.name, references: kind };
  const unseen = (classId: number) => fold.heldOut.has(classId);
  const own = new Map([...references].filter(([classId]) => unseen(classId)));
  const among = await ask(
    judge,
    own,
    queries.filter(({ classId }) => unseen(classId)),
  );
  const all = await ask(judge, references, queries);
  return [
    judged({ ...of, catalog: "unseen, among themselves" }, among, set),
    judged(
      { ...of, catalog: "unseen, among all" },
      all.filter(({ classId }) => unseen(classId)),
      set,
    ),
    judged(
      { ...of, catalog: "seen, among all" },
      all.filter(({ classId }) => !unseen(classId)),
      set,
    ),
  ];
}
