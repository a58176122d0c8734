import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeError, TillsightError } from "@tillsight/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeDetections, loadDetector } from "./detector.js";
import { loadEmbedder } from "./embedder.js";
import type { DetectOptions } from "./networks.js";
import {
  detectorManifest,
  embedderManifest,
  tinyDetector,
  tinyEmbedder,
  writeModel,
} from "./testing/tiny-onnx.js";

const SIDE = 32;
const detectorBytes = tinyDetector(SIDE, [
  [16, 16, 8, 8, 0.9],
  [17, 16, 8, 8, 0.8],
  [6, 16, 4, 4, 0.3],
]);
const embedderBytes = tinyEmbedder(SIDE);

const calibration = {
  version: 1,
  weights: { bias: -3, nearest: 2, support: 1, kin: -1, single: -1, crowd: -1 },
  kin: { low: 0.5, usual: 0.8, high: 0.95 },
  crowd: { low: 0.3, usual: 0.6, high: 0.9 },
  ...{ strangers: 0.5, frameCorrelation: 0.8, candidates: { mass: 0.98, least: 0.9 } },
  fit: { command: "test", metrics: {} },
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tillsight-models-"));
  await writeModel(folder, detectorManifest(detectorBytes, SIDE), "detector.onnx", detectorBytes);
  await writeModel(folder, embedderManifest(embedderBytes, SIDE), "embedder.onnx", embedderBytes);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const grey = (width: number, height: number) => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(128),
});

async function failure(promise: Promise<unknown>): Promise<TillsightError> {
  const error: unknown = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  if (!(error instanceof TillsightError))
    throw new TypeError(`expected a TillsightError, got ${String(error)}`);
  return error;
}

describe("a sound pair of models", () => {
  it("detects in pixels of the picture, suppressing doubles and low scores", async () => {
    const detector = await loadDetector({ folder });
    const found = await detector.detect(grey(64, 32));
    expect(found).toEqual([{ box: { x: 24, y: 8, w: 16, h: 16 }, score: expect.closeTo(0.9, 5) }]);
    await detector.close();
  });

  it("looks at each picture in the shape that shows it largest", async () => {
    const bytes = tinyDetector("any", [[16, 16, 8, 8, 0.9]]);
    const square = detectorManifest(bytes, SIDE);
    const manifest = { ...square, input: { ...square.input, shapes: [[64, 32] as [number, number]] } };
    await writeModel(folder, manifest, "detector.onnx", bytes);
    const detector = await loadDetector({ folder });
    const seen = async (width: number, height: number) =>
      (await detector.detect(grey(width, height))).map(({ box }) => box);
    expect(await seen(64, 32)).toEqual([{ x: 12, y: 12, w: 8, h: 8 }]);
    expect(await seen(32, 32)).toEqual([{ x: 12, y: 12, w: 8, h: 8 }]);
    expect(await seen(32, 64)).toEqual([{ x: 8, y: 24, w: 16, h: 16 }]);
    await detector.close();
  });

  it("gives doubtful detections only where they are asked for, marked as such", () => {
    const rows = Float32Array.from([16, 16, 8, 8, 0.9, 4, 4, 6, 6, 0.2, 26, 26, 6, 6, 0.05]);
    const picture = { width: 32, height: 32 };
    const at = { ...picture, scaleX: 1, scaleY: 1, left: 0, top: 0 };
    const manifest = { id: "tiny", thresholds: { score: 0.4, doubt: 0.1, nmsIou: 0.5 } };
    const scores = (options?: DetectOptions) =>
      decodeDetections(rows, at, picture, manifest, options).map(({ score, doubtful }) => [
        Math.round(score * 100),
        doubtful ?? false,
      ]);
    expect(scores()).toEqual([[90, false]]);
    expect(scores({ doubtful: true })).toEqual([
      [90, false],
      [20, true],
    ]);
  });

  it("embeds any number of crops in one call, in order, each of length 1", async () => {
    const embedder = await loadEmbedder({ folder });
    const red = grey(20, 20);
    for (let i = 0; i < red.data.length; i += 3) red.data.set([255, 0, 0], i);
    const before = embedder.rawTime().calls;
    const vectors = await embedder.embed([grey(10, 30), red, grey(50, 8)]);
    expect(embedder.rawTime().calls - before).toBe(1);
    expect(vectors.map((v) => Math.hypot(...v))).toEqual([1, 1, 1].map((n) => expect.closeTo(n, 6)));
    expect(vectors[1]?.[0]).toBeGreaterThan(vectors[0]?.[0] ?? 1);
    expect(await embedder.embed([])).toEqual([]);
    await embedder.close();
    await embedder.close();
  });

  it("weights trained anew under the same manifest id are another network", async () => {
    const before = await loadDetector({ folder });
    const trained = tinyDetector(SIDE, [[16, 16, 8, 8, 0.7]]);
    await writeModel(folder, detectorManifest(trained, SIDE), "detector.onnx", trained);
    const after = await loadDetector({ folder });
    expect(before.info.id).toMatch(/^[a-z-]+\d*@[0-9a-f]{11}$/);
    expect(after.info.id.split("@")[0]).toBe(before.info.id.split("@")[0]);
    expect(after.info.id).not.toBe(before.info.id);
    await Promise.all([before.close(), after.close()]);
  });

  it("keeps calls that are made at once apart", async () => {
    const embedder = await loadEmbedder({ folder });
    const dark = { ...grey(8, 8), data: new Uint8Array(192).map((_, i) => (i % 3 === 2 ? 200 : 0)) };
    const [first, second] = await Promise.all([embedder.embed([dark]), embedder.embed([grey(8, 8)])]);
    expect(first?.[0]?.[2]).toBeCloseTo(1, 2);
    expect(second?.[0]?.[2]).toBeCloseTo(Math.sqrt(1 / 3), 2);
    await embedder.close();
  });

  it("passes on how similarities become probabilities, and says nothing where the manifest does not", async () => {
    const without = await loadEmbedder({ folder });
    const manifest = { ...embedderManifest(embedderBytes, SIDE), decision: calibration };
    await writeFile(join(folder, "embedder.json"), JSON.stringify(manifest));
    const calibrated = await loadEmbedder({ folder });
    expect([without.calibration, calibrated.calibration]).toEqual([undefined, calibration]);
    await Promise.all([without.close(), calibrated.close()]);
  });

  it("falls back to the next provider and says why", async () => {
    const detector = await loadDetector({ folder, providers: ["tensorrt", "cuda", "cpu"], threads: 1 });
    expect(detector.info.provider).toBe("cpu");
    expect(detector.info.refused.map((r) => r.provider)).toEqual(["tensorrt", "cuda"]);
    for (const { reason } of detector.info.refused) expect(reason).not.toBe("");
    await detector.close();
  });

  it("refuses a picture whose bytes are not its size", async () => {
    const detector = await loadDetector({ folder });
    const error = await failure(detector.detect({ width: 4, height: 4, data: new Uint8Array(47) }));
    expect(error.code).toBe("INVALID_INPUT");
    await detector.close();
  });
});

it("a detector's graph of one size whose manifest names more is refused", async () => {
  const sound = detectorManifest(detectorBytes, SIDE);
  const manifest = { ...sound, input: { ...sound.input, shapes: [[64, 32] as [number, number]] } };
  await writeModel(folder, manifest, "detector.onnx", detectorBytes);
  const error = await failure(loadDetector({ folder }));
  expect([error.code, describeError(error)]).toEqual([
    "MODEL_SHAPE_MISMATCH",
    expect.stringContaining("32 x 32 only"),
  ]);
});

type Manifest = ReturnType<typeof embedderManifest>;
const wrong: [name: string, change: (m: Manifest) => object, code: string, named: RegExp][] = [
  ["unknown field", (m) => ({ ...m, colour: "blue" }), "MODEL_MANIFEST_INVALID", /colour/],
  ["a path as file name", (m) => ({ ...m, file: "../x.onnx" }), "MODEL_MANIFEST_INVALID", /file/],
  ["upper-case SHA-256", (m) => ({ ...m, sha256: "A".repeat(64) }), "MODEL_MANIFEST_INVALID", /sha256/],
  ["no licence", (m) => ({ ...m, licence: undefined }), "MODEL_MANIFEST_INVALID", /licence/],
  [
    "BGR pixels",
    (m) => ({ ...m, input: { ...m.input, channels: "BGR" } }),
    "MODEL_MANIFEST_INVALID",
    /input\.channels/,
  ],
  [
    "deviation 0",
    (m) => ({ ...m, input: { ...m.input, std: [1, 0, 1] } }),
    "MODEL_MANIFEST_INVALID",
    /input\.std\.1/,
  ],
  [
    "ambiguous above match",
    (m) => ({ ...m, thresholds: { match: 0.5, ambiguous: 0.7, margin: 0 } }),
    "MODEL_MANIFEST_INVALID",
    /thresholds\.ambiguous/,
  ],
  [
    "a calibration that would count a similarity against its product",
    (m) => ({ ...m, decision: { ...calibration, weights: { ...calibration.weights, nearest: -1 } } }),
    "MODEL_MANIFEST_INVALID",
    /decision\.weights\.nearest/,
  ],
  [
    "a calibration of a later version",
    (m) => ({ ...m, decision: { ...calibration, version: 2 } }),
    "MODEL_MANIFEST_INVALID",
    /decision\.version/,
  ],
  [
    "no embedding size",
    (m) => ({ ...m, embeddingSize: undefined }),
    "MODEL_MANIFEST_INVALID",
    /embeddingSize/,
  ],
  ["another size in bytes", (m) => ({ ...m, bytes: m.bytes + 1 }), "MODEL_CORRUPT", /bytes instead of/],
  ["another SHA-256", (m) => ({ ...m, sha256: "0".repeat(64) }), "MODEL_CORRUPT", /SHA-256/],
  ["weights that are not there", (m) => ({ ...m, file: "gone.onnx" }), "MODEL_MISSING", /gone\.onnx/],
  [
    "another input name",
    (m) => ({ ...m, input: { ...m.input, name: "x" } }),
    "MODEL_SHAPE_MISMATCH",
    /input "x"/,
  ],
  [
    "another input size",
    (m) => ({ ...m, input: { ...m.input, width: 64 } }),
    "MODEL_SHAPE_MISMATCH",
    /images/,
  ],
  [
    "shapes for an embedder, which has one",
    (m) => ({ ...m, input: { ...m.input, shapes: [[64, 32]] } }),
    "MODEL_MANIFEST_INVALID",
    /shapes/,
  ],
  ["another output name", (m) => ({ ...m, output: { name: "y" } }), "MODEL_SHAPE_MISMATCH", /output "y"/],
  ["another embedding size", (m) => ({ ...m, embeddingSize: 16 }), "MODEL_SHAPE_MISMATCH", /embedding/],
];

describe("a manifest or file that is wrong", () => {
  it.each(wrong)("%s is refused and named", async (_name, change, code, named) => {
    await writeFile(
      join(folder, "embedder.json"),
      JSON.stringify(change(embedderManifest(embedderBytes, SIDE))),
    );
    const error = await failure(loadEmbedder({ folder }));
    expect([error.code, describeError(error)]).toEqual([code, expect.stringMatching(named)]);
    expect(error.fix).not.toBe("");
  });

  it("text that is not JSON is named by its path", async () => {
    await writeFile(join(folder, "detector.json"), "{");
    expect((await failure(loadDetector({ folder }))).message).toContain(join(folder, "detector.json"));
  });

  it("a cut weights file is corrupt", async () => {
    await writeFile(join(folder, "detector.onnx"), detectorBytes.slice(0, 40));
    expect((await failure(loadDetector({ folder }))).code).toBe("MODEL_CORRUPT");
  });

  it("bytes that fit their manifest but are no ONNX are corrupt", async () => {
    const rubbish = Uint8Array.from({ length: 200 }, (_, i) => (i * 37) % 251);
    await writeModel(folder, detectorManifest(rubbish, SIDE), "detector.onnx", rubbish);
    expect((await failure(loadDetector({ folder }))).code).toBe("MODEL_CORRUPT");
  });

  it("an embedder that takes one crop only is refused at load, not at the second crop", async () => {
    const single = tinyEmbedder(SIDE, { batch: 1 });
    await writeModel(folder, embedderManifest(single, SIDE), "embedder.onnx", single);
    expect((await failure(loadEmbedder({ folder }))).code).toBe("MODEL_SHAPE_MISMATCH");
  });

  it("an embedder that does not normalise is caught at its first answer", async () => {
    const long = tinyEmbedder(SIDE, { normalise: false });
    await writeModel(folder, embedderManifest(long, SIDE), "embedder.onnx", long);
    const embedder = await loadEmbedder({ folder });
    expect((await failure(embedder.embed([grey(9, 9)]))).code).toBe("MODEL_BAD_OUTPUT");
    await embedder.close();
  });

  it("an empty and a missing folder say what to set", async () => {
    await rm(folder, { recursive: true });
    const error = await failure(loadDetector({ folder }));
    expect([error.code, error.fix]).toEqual(["MODEL_MISSING", expect.stringContaining("models.folder")]);
  });

  it("no provider that works lists each with its reason", async () => {
    const error = await failure(loadDetector({ folder, providers: ["cuda"] }));
    expect([error.code, error.message]).toEqual(["MODEL_NO_PROVIDER", expect.stringContaining("cuda (")]);
  });
});
