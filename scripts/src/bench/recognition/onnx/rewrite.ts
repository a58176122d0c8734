import {
  DTYPE,
  decodeModel,
  encodeModel,
  type GraphNode,
  intAttribute,
  renamed,
  type Tensor,
  withConstantWeights,
} from "./graph.js";

/** Smaller tensors (biases, scales) stay as they are: there is nothing to save. */
const LEAST_NUMBERS = 256;

const floats = ({ raw }: Tensor): Float32Array =>
  new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength));

/** Weights that several nodes share stand behind Identity nodes: the name of the tensor that each one means. */
export function aliases(nodes: readonly GraphNode[]): (name: string) => string {
  const source = new Map(
    nodes.flatMap((n) => (n.op === "Identity" ? [[n.outputs[0] ?? "", n.inputs[0] ?? ""]] : [])),
  );
  return (name) => {
    let at = name;
    for (let next = source.get(at); next !== undefined; next = source.get(at)) at = next;
    return at;
  };
}

const bytesOf = (values: Float32Array | Uint16Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** IEEE 754 half precision, round to nearest; beyond its range becomes infinity. */
export function toHalf(value: number): number {
  const single = new Uint32Array(Float32Array.of(value).buffer)[0] ?? 0;
  const sign = (single >>> 16) & 0x8000;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (size >= 65_520) return sign | 0x7c00;
  // Below the smallest normal half, steps are of 2^-24.
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  const steps = Math.round((size / 2 ** exponent - 1) * 1024);
  return sign | (((exponent + 15) << 10) + steps);
}

/** Ends the graph with a division by its output's length, as our own embedders do. */
export function withUnitOutput(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  const name = `${model.output.name}_unit`;
  const norm: GraphNode = {
    ...{ op: "LpNormalization", inputs: [model.output.name], outputs: [name] },
    attributes: [intAttribute("axis", 1), intAttribute("p", 2)],
  };
  const output = { name, info: renamed(model.output.info, name) };
  return encodeModel({ ...model, nodes: [...model.nodes, norm], output });
}

/** Weights stored as half floats and turned back to float32 when the session is made: half the file, same sums. */
export function withHalfWeights(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  const casts: GraphNode[] = [];
  const tensors = model.tensors.map((tensor) => {
    const values = floats(tensor);
    if (values.length < LEAST_NUMBERS) return tensor;
    const name = `${tensor.name}_half`;
    casts.push({
      ...{ op: "Cast", inputs: [name], outputs: [tensor.name] },
      attributes: [intAttribute("to", DTYPE.float)],
    });
    return { ...tensor, name, type: DTYPE.float16, raw: bytesOf(Uint16Array.from(values, toHalf)) };
  });
  return encodeModel({ ...model, nodes: [...casts, ...model.nodes], tensors });
}

/** The same network as today's exporters write it, so that an old file is measured at its best. */
export const modernised = (bytes: Uint8Array): Uint8Array =>
  encodeModel(withConstantWeights(decodeModel(bytes)));
