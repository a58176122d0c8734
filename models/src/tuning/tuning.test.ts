import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runInBatches } from "../batches.js";
import { loadEmbedder } from "../embedder.js";
import { embedderManifest, tinyEmbedder, writeModel } from "../testing/tiny-onnx.js";
import { chooseTuning, type Timing, type Tuning } from "./choose.js";
import { threadCandidates } from "./measure.js";

const t = (threads: number, batch: number, msEach: number): Timing => ({ threads, batch, msEach });

const cases: [situation: string, timings: Timing[], want: Tuning | undefined][] = [
  ["nothing was measured", [], undefined],
  ["a second core that halves the time is taken", [t(1, 1, 10), t(2, 1, 5)], { threads: 2, batch: 1 }],
  ["one that saves little is left to the others", [t(1, 1, 10), t(2, 1, 9)], { threads: 1, batch: 1 }],
  [
    "cores beyond the useful ones are left, whatever the order",
    [t(8, 1, 4.8), t(4, 1, 5), t(2, 1, 6), t(1, 1, 10)],
    { threads: 4, batch: 1 },
  ],
  [
    "the smallest batch that is nearly as fast as the best",
    [t(1, 1, 10), t(1, 2, 7), t(1, 4, 6.1), t(1, 8, 6), t(1, 16, 6.5)],
    { threads: 1, batch: 4 },
  ],
];

describe("threads and batch", () => {
  it.each(cases)("%s", (_situation, timings, want) => expect(chooseTuning(timings)).toEqual(want));

  it("never more threads than cores are tried", () => {
    expect([1, 3, 4, 64].map((cores) => threadCandidates(cores).at(-1))).toEqual([1, 2, 4, 8]);
  });
});

describe("a network on a machine", () => {
  const bytes = tinyEmbedder(32);
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tillsight-tuning-"));
    file = join(folder, "lane", "tuning.json");
    await writeModel(join(folder, "models"), embedderManifest(bytes, 32), "embedder.onnx", bytes);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const tuned = async (settings: object) => {
    const embedder = await loadEmbedder({ folder: join(folder, "models"), ...settings });
    await embedder.close();
    return embedder.info.tuned;
  };

  it("is measured at the first start, and what was found is kept for the next", async () => {
    const first = await tuned({ tuning: { file, measure: true } });
    expect(first?.source).toBe("measured");
    const second = await tuned({ tuning: { file, measure: true } });
    expect(second).toEqual({ ...first, source: "kept" });
    expect(await tuned({ tuning: { file, measure: false } })).toEqual(second);
    const [key] = Object.keys(JSON.parse(await readFile(file, "utf8")));
    expect(key).toMatch(/tiny-embedder@[0-9a-f]{11} .*cpu.*onnxruntime \d/);
  });

  it("with other weights is measured anew", async () => {
    await tuned({ tuning: { file, measure: true } });
    const trained = tinyEmbedder(48);
    await writeModel(join(folder, "models"), embedderManifest(trained, 48), "embedder.onnx", trained);
    expect((await tuned({ tuning: { file, measure: true } }))?.source).toBe("measured");
  });

  it.each<[string, object, object]>([
    ["what is set is not measured", { threads: 1, batch: 4 }, { threads: 1, batch: 4, source: "set" }],
    ["without a measurement it runs with the defaults", {}, { threads: 2, batch: 16, source: "default" }],
  ])("%s", async (_name, settings, want) => {
    expect(await tuned({ tuning: { file, measure: false }, ...settings })).toEqual(want);
  });

  it("a damaged file is measured again, and one that cannot be written stops nothing", async () => {
    const broken = join(folder, "broken.json");
    await writeFile(broken, "{");
    expect((await tuned({ tuning: { file: broken, measure: true } }))?.source).toBe("measured");
    expect((await tuned({ tuning: { file: broken, measure: true } }))?.source).toBe("kept");
    const nowhere = join(broken, "tuning.json");
    expect((await tuned({ tuning: { file: nowhere, measure: true } }))?.source).toBe("measured");
  });

  it("gives the same vectors whatever the batch", async () => {
    const pictures = [20, 90, 160, 230, 250].map((v) => ({
      ...{ width: 8, height: 8 },
      data: new Uint8Array(192).map((_, i) => (i % 3 === 0 ? v : 100)),
    }));
    const vectors: number[][][] = [];
    for (const batch of [1, 2, 16]) {
      const embedder = await loadEmbedder({ folder: join(folder, "models"), threads: 1, batch });
      const before = embedder.rawTime().calls;
      vectors.push((await embedder.embed(pictures)).map((v) => [...v]));
      expect(embedder.rawTime().calls - before).toBe(Math.ceil(5 / batch));
      await embedder.close();
    }
    expect(vectors[1]).toEqual(vectors[0]);
    expect(vectors[2]).toEqual(vectors[0]);
  });
});

it("nothing to run is no call", async () => {
  const network = { run: () => Promise.reject(new RangeError("called")) };
  const nothing = { count: 0, batch: 4, dims: [3] };
  expect(await runInBatches(network, new Float32Array(0), nothing)).toHaveLength(0);
});
