import { DTYPE, decodeModel, encodeModel, type GraphNode, intAttribute, type Tensor } from "./graph.js";
import { aliases, withFullWeights } from "./rewrite.js";

const middle = 128;

/** A convolution's weights in 8 bits: one scale an output channel, 128 is zero. */
interface Quantised {
  readonly weights: Uint8Array;
  /** `value = (byte - 128) * scale`, one a channel. */
  readonly scales: Float32Array;
}

export function quantise(values: Float32Array, channels: number): Quantised {
  const each = values.length / channels;
  const weights = new Uint8Array(values.length);
  const scales = new Float32Array(channels);
  for (let c = 0; c < channels; c++) {
    const own = values.subarray(c * each, (c + 1) * each);
    const most = own.reduce((m, v) => Math.max(m, Math.abs(v)), 0);
    const scale = most > 0 ? most / 127 : 1;
    scales[c] = scale;
    own.forEach((v, i) => {
      weights[c * each + i] = Math.round(v / scale) + middle;
    });
  }
  return { weights, scales };
}

const float = (name: string, dims: number[], values: Float32Array): Tensor => ({
  ...{ name, type: DTYPE.float, dims },
  raw: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
});

const plain = (
  op: string,
  inputs: string[],
  outputs: string[],
  attributes: Uint8Array[] = [],
): GraphNode => ({
  ...{ op, inputs, outputs, attributes },
});

/** One convolution as DynamicQuantizeLinear, ConvInteger and back, as ONNX Runtime's own dynamic quantisation makes it. */
function replace(
  node: GraphNode,
  weight: Tensor,
  bias: Tensor | undefined,
): { nodes: GraphNode[]; tensors: Tensor[] } {
  const [x = ""] = node.inputs;
  const [y = ""] = node.outputs;
  const channels = weight.dims[0] ?? 1;
  const spread = [1, channels, 1, 1];
  const values = new Float32Array(
    weight.raw.buffer.slice(weight.raw.byteOffset, weight.raw.byteOffset + weight.raw.byteLength),
  );
  const { weights, scales } = quantise(values, channels);
  const of = (part: string) => `int8/${y}/${part}`;
  // Weights are named after what they were: nodes that shared them go on sharing them.
  const kept = (part: string) => `int8/${weight.name}/${part}`;
  const biasName = `int8/${bias?.name}`;
  const tensors: Tensor[] = [
    { name: kept("w8"), type: DTYPE.uint8, dims: weight.dims, raw: weights },
    { name: kept("w0"), type: DTYPE.uint8, dims: [], raw: Uint8Array.of(middle) },
    float(kept("ws"), spread, scales),
    ...(bias ? [{ ...bias, name: biasName, dims: spread }] : []),
  ];
  const nodes = [
    plain("DynamicQuantizeLinear", [x], [of("x8"), of("xs"), of("x0")]),
    plain("ConvInteger", [of("x8"), kept("w8"), of("x0"), kept("w0")], [of("i32")], [...node.attributes]),
    plain("Cast", [of("i32")], [of("f")], [intAttribute("to", DTYPE.float)]),
    plain("Mul", [kept("ws"), of("xs")], [of("s")]),
    plain("Mul", [of("f"), of("s")], [bias ? of("m") : y]),
    ...(bias ? [plain("Add", [of("m"), biasName], [y])] : []),
  ];
  return { nodes, tensors };
}

/** Every convolution of a graph in 8 bits, its inputs quantised as they come (dynamic quantisation). */
export function withByteConvolutions(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(withFullWeights(bytes));
  const meant = aliases(model.nodes);
  const byName = new Map(model.tensors.filter((t) => t.type === DTYPE.float).map((t) => [t.name, t]));
  const nodes: GraphNode[] = [];
  const tensors = new Map<string, Tensor>();
  for (const node of model.nodes) {
    const weight = node.op === "Conv" ? byName.get(meant(node.inputs[1] ?? "")) : undefined;
    const biasName = node.inputs[2];
    const bias = biasName ? byName.get(meant(biasName)) : undefined;
    if (!weight || (biasName && !bias)) {
      nodes.push(node);
      continue;
    }
    const made = replace(node, weight, bias);
    nodes.push(...made.nodes);
    for (const tensor of made.tensors) tensors.set(tensor.name, tensor);
  }
  const wanted = new Set([
    ...nodes.filter(({ op }) => op !== "Identity").flatMap((n) => n.inputs),
    model.output.name,
  ]);
  const left = nodes.filter(({ op, outputs }) => op !== "Identity" || wanted.has(outputs[0] ?? ""));
  const used = new Set(left.flatMap(({ inputs }) => inputs));
  const kept = model.tensors.filter(({ name }) => used.has(name));
  return encodeModel({ ...model, nodes: left, tensors: [...kept, ...tensors.values()] });
}
