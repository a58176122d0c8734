import { describeError } from "@tillsight/contracts";
import type { InferenceSession, Tensor } from "onnxruntime-node";
import { CorruptModelError, ModelShapeError, NoProviderError } from "./errors.js";
import { shapesOf } from "./input-shape.js";
import { lookKinds, type ModelManifest, networkId } from "./manifest.js";
import type { NetworkInfo, Provider } from "./networks.js";
import type { AnyModel } from "./store.js";

export interface SessionSettings {
  /** Tried in this order. Default: cpu only. */
  readonly providers?: readonly Provider[];
  /** Threads of ONNX Runtime for one call, 1..64. Left out: see `tuning`. */
  readonly threads?: number | undefined;
  /** Most crops in one call. Left out: see `tuning`. */
  readonly batch?: number | undefined;
  /** File with what was measured on this machine; `measure`: measure what it does not hold. Left out: defaults. */
  readonly tuning?: { readonly file: string; readonly measure: boolean } | undefined;
}

/** Loaded at the first session, so that whoever needs only manifests or geometry does not load a native library. */
export async function runtime(): Promise<typeof import("onnxruntime-node")> {
  const { default: ort } = await import("onnxruntime-node");
  // What a provider lacks is reported through `refused`; ONNX Runtime would print it to standard error as well.
  ort.env.logLevel = "fatal";
  return ort;
}

/** What this build of ONNX Runtime knows; only what is `bundled` needs no further files of its own. */
export async function knownProviders(): Promise<{ provider: Provider; bundled: boolean }[]> {
  const ort = await runtime();
  const ours: readonly Provider[] = ["cpu", "webgpu", "cuda", "tensorrt"];
  const backends = ort.listSupportedBackends();
  return ours.flatMap((provider) => {
    const found = backends.find(({ name }) => name === provider);
    return found ? [{ provider, bundled: found.bundled }] : [];
  });
}

/** One network ready to run, with the time spent inside ONNX Runtime. */
export interface Network {
  readonly info: NetworkInfo;
  /** `data` is NCHW of `dims`; resolves to the manifest's output. */
  run(data: Float32Array, dims: readonly number[]): Promise<Tensor>;
  rawTime(): { ms: number; calls: number };
  close(): Promise<void>;
}

/** Dimensions as a model states them: a number, or a name where it may vary. */
type Shape = readonly (number | string)[];

function checkShape(
  path: string,
  what: string,
  meta: InferenceSession.ValueMetadata | undefined,
  want: Shape,
) {
  if (!meta) throw new ModelShapeError(path, `there is no ${what}`);
  if (!meta.isTensor || meta.type !== "float32")
    throw new ModelShapeError(path, `${what} is not a float32 tensor`);
  const shape: Shape = meta.shape;
  const fits =
    shape.length === want.length &&
    want.every((w, i) => typeof w === "string" || typeof shape[i] !== "number" || shape[i] === w);
  if (!fits) throw new ModelShapeError(path, `${what} is ${shape.join(" x ")}, not ${want.join(" x ")}`);
}

function outputShape(manifest: ModelManifest): Shape {
  switch (manifest.kind) {
    case "detector":
      return [1, "N", 5];
    case "embedder":
      return ["N", manifest.embeddingSize];
    case "print":
      return ["N", lookKinds.length];
  }
}

function checkGraph(session: InferenceSession, model: AnyModel): void {
  const { input, output } = model.manifest;
  const wanted = outputShape(model.manifest);
  const batch = model.manifest.kind === "detector" ? 1 : "N";
  if (session.inputNames.length !== 1)
    throw new ModelShapeError(model.path, `it has ${session.inputNames.length} inputs instead of one`);
  const found = session.inputMetadata.find((m) => m.name === input.name);
  checkShape(model.path, `input "${input.name}"`, found, [batch, 3, input.height, input.width]);
  const made = session.outputMetadata.find((m) => m.name === output.name);
  checkShape(model.path, `output "${output.name}"`, made, wanted);
  if (batch === "N" && found?.isTensor && typeof found.shape[0] === "number")
    throw new ModelShapeError(
      model.path,
      `input "${input.name}" takes ${found.shape[0]} crops only, not any number`,
    );
  const fixed = found?.isTensor && found.shape.slice(2).every((side) => typeof side === "number");
  if (shapesOf(input).length > 1 && fixed)
    throw new ModelShapeError(
      model.path,
      `input "${input.name}" takes ${input.width} x ${input.height} only, and the manifest names other shapes`,
    );
}

function sessionOptions(provider: Provider, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    // Threads that spin while they wait take the cores from capture, journal and page.
    extra: { session: { intra_op: { allow_spinning: "0" }, inter_op: { allow_spinning: "0" } } },
    logSeverityLevel: 4,
  };
}

/** ONNX Runtime puts the place in its source and the failed condition before what it has to say. */
function oneLine(error: unknown): string {
  const [line = ""] = describeError(error).split("\n");
  return (line.split(" was false. ").at(-1) ?? line).slice(0, 200);
}

/** A session with the settings that every network of ours gets. */
export async function createSession(
  bytes: Uint8Array,
  provider: Provider,
  threads: number,
): Promise<InferenceSession> {
  const ort = await runtime();
  return ort.InferenceSession.create(bytes, sessionOptions(provider, threads));
}

/** Whether ONNX can read the bytes at all is decided on the CPU: only then is a refusal the provider's own. */
async function createOn(provider: Provider, model: AnyModel, threads: number) {
  const ort = await runtime();
  const known = ort.listSupportedBackends().map((b) => b.name);
  if (!known.includes(provider)) return { reason: "this build of ONNX Runtime does not have it" };
  try {
    return { session: await createSession(model.bytes, provider, threads) };
  } catch (cause) {
    if (provider === "cpu") throw new CorruptModelError(model.path, oneLine(cause), { cause });
    return { reason: oneLine(cause) };
  }
}

async function warmUp(session: InferenceSession, model: AnyModel): Promise<void> {
  const ort = await runtime();
  for (const { width, height } of shapesOf(model.manifest.input)) {
    const zeros = new ort.Tensor("float32", new Float32Array(3 * width * height), [1, 3, height, width]);
    await session.run({ [model.manifest.input.name]: zeros });
  }
}

/**
 * Opens a session on the first provider that takes the model and gets through one warm-up call of each input shape
 * (TensorRT builds an engine for each there, not before a shopper). Providers that were asked for before it stand in `info.refused`, so that a fallback is never silent.
 * @throws CorruptModelError, ModelShapeError, NoProviderError
 */
export async function openNetwork(model: AnyModel, settings: SessionSettings = {}): Promise<Network> {
  const refused: { provider: Provider; reason: string }[] = [];
  for (const provider of settings.providers ?? ["cpu"]) {
    const made = await createOn(provider, model, settings.threads ?? 2);
    if (!made.session) {
      refused.push({ provider, reason: made.reason });
      continue;
    }
    try {
      checkGraph(made.session, model);
      await warmUp(made.session, model);
      const info = { id: networkId(model.manifest), provider, refused };
      return networkOn(await runtime(), made.session, model, info);
    } catch (error) {
      await made.session.release();
      if (error instanceof ModelShapeError) throw error;
      refused.push({ provider, reason: oneLine(error) });
    }
  }
  throw new NoProviderError(refused);
}

function networkOn(
  ort: typeof import("onnxruntime-node"),
  session: InferenceSession,
  model: AnyModel,
  info: NetworkInfo,
): Network {
  const { input, output } = model.manifest;
  const raw = { ms: 0, calls: 0 };
  let released: Promise<void> | undefined;
  return {
    info,
    async run(data, dims) {
      const feeds = { [input.name]: new ort.Tensor("float32", data, dims) };
      const begin = performance.now();
      const results = await session.run(feeds, [output.name]);
      raw.ms += performance.now() - begin;
      raw.calls++;
      const tensor = results[output.name];
      if (!tensor) throw new ModelShapeError(model.path, `it gave no output "${output.name}"`);
      return tensor;
    },
    rawTime: () => ({ ...raw }),
    close: () => (released ??= session.release()),
  };
}
