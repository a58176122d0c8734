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

const single = new Float32Array(1);
const bitsOfSingle = new Uint32Array(single.buffer);

/** IEEE 754 half precision, round to nearest; beyond its range becomes infinity. */
export function toHalf(value: number): number {
  single[0] = value;
  const bits = bitsOfSingle[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 112;
  const fraction = bits & 0x7f_ffff;
  if (exponent >= 31) return sign | (exponent === 143 && fraction ? 0x7e00 : 0x7c00);
  if (exponent < -10) return sign;
  // Below the smallest normal half, steps are of 2^-24: the leading one is written out and shifted in.
  const [mantissa, drop] = exponent > 0 ? [fraction, 13] : [fraction | 0x80_0000, 14 - exponent];
  // A carry out of the fraction counts the exponent up, which is right.
  return sign | ((Math.max(0, exponent) << 10) + ((mantissa + (1 << (drop - 1))) >>> drop));
}

function halvesOf(values: Float32Array): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) halves[i] = toHalf(values[i] as number);
  return halves;
}

function fullOf(halves: Uint16Array): Float32Array {
  const values = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) values[i] = fromHalf(halves[i] as number);
  return values;
}

/** What a half float stands for. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, steps] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return steps ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * steps * 2 ** -24 : sign * (1 + steps / 1024) * 2 ** (exponent - 15);
}

/** Weights that are stored as half floats and cast to float32, as float32: where every other change begins. */
export function withFullWeights(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  const meant = aliases(model.nodes);
  const halves = new Map(model.tensors.filter(({ type }) => type === DTYPE.float16).map((t) => [t.name, t]));
  const full = new Map<string, Tensor>();
  const nodes = model.nodes.filter((node) => {
    const half = node.op === "Cast" ? halves.get(meant(node.inputs[0] ?? "")) : undefined;
    const [output = ""] = node.outputs;
    if (!half) return true;
    const bits = new Uint16Array(
      half.raw.buffer.slice(half.raw.byteOffset, half.raw.byteOffset + half.raw.byteLength),
    );
    full.set(output, {
      ...half,
      name: output,
      type: DTYPE.float,
      raw: bytesOf(fullOf(bits)),
    });
    return false;
  });
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  const tensors = [
    ...model.tensors.filter(({ name }) => !halves.has(name) || used.has(name)),
    ...full.values(),
  ];
  return encodeModel({ ...model, nodes, tensors });
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
  const model = decodeModel(withFullWeights(bytes));
  const casts: GraphNode[] = [];
  const tensors = model.tensors.map((tensor) => {
    if (tensor.type !== DTYPE.float || tensor.raw.length < 4 * LEAST_NUMBERS) return tensor;
    const values = floats(tensor);
    const name = `${tensor.name}_half`;
    casts.push({
      ...{ op: "Cast", inputs: [name], outputs: [tensor.name] },
      attributes: [intAttribute("to", DTYPE.float)],
    });
    return { ...tensor, name, type: DTYPE.float16, raw: bytesOf(halvesOf(values)) };
  });
  return encodeModel({ ...model, nodes: [...casts, ...model.nodes], tensors });
}

/** The same network as today's exporters write it, so that an old file is measured at its best. */
export const modernised = (bytes: Uint8Array): Uint8Array =>
  encodeModel(withConstantWeights(decodeModel(bytes)));
