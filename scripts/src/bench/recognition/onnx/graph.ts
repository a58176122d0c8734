import { block, blocks, decodeMessage, encodeMessage, type Field, number, texts } from "./wire.js";

// Field numbers of onnx.proto3 (github.com/onnx/onnx, Apache-2.0).
const MODEL_GRAPH = 7;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, name: 3, op: 4, attribute: 5 } as const;
const TENSOR = { dims: 1, type: 2, floats: 4, int32s: 5, int64s: 7, name: 8, raw: 9 } as const;
const ATTRIBUTE = { name: 1, float: 2, int: 3, ints: 8, type: 20 } as const;

/** TensorProto.DataType. */
export const DTYPE = { float: 1, uint8: 2, float16: 10 } as const;

export interface Tensor {
  readonly name: string;
  readonly type: number;
  readonly dims: readonly number[];
  /** Little-endian, as `raw_data`. */
  readonly raw: Uint8Array;
}

export interface GraphNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Attributes as they stand in the file. */
  readonly attributes: readonly Uint8Array[];
}

/** As much of an ONNX model as changing weights and nodes needs; the rest is carried through. */
export interface OnnxModel {
  readonly nodes: readonly GraphNode[];
  readonly tensors: readonly Tensor[];
  /** First output of the graph: its name, and its ValueInfoProto. */
  readonly output: { readonly name: string; readonly info: Uint8Array };
  readonly otherOutputs: readonly Uint8Array[];
  readonly graphRest: readonly Field[];
  readonly modelRest: readonly Field[];
}

function numbersOf(fields: readonly Field[], id: number): number[] {
  return fields.flatMap((f) => {
    if (f.id !== id) return [];
    if (typeof f.value === "bigint") return [Number(f.value)];
    // Packed: the same bytes as a message of varints, read with a key put before each.
    const out: number[] = [];
    for (let at = 0; at < f.value.length; ) {
      let value = 0n;
      for (let shift = 0n; ; shift += 7n) {
        const byte = f.value[at++] ?? 0;
        value |= BigInt(byte & 0x7f) << shift;
        if (byte < 0x80) break;
      }
      out.push(Number(value));
    }
    return out;
  });
}

function decodeTensor(bytes: Uint8Array): Tensor | undefined {
  const fields = decodeMessage(bytes);
  const [name = ""] = texts(fields, TENSOR.name);
  const [type = 0] = numbersOf(fields, TENSOR.type);
  const raw = blocks(fields, TENSOR.raw)[0] ?? blocks(fields, TENSOR.floats)[0];
  const dims = numbersOf(fields, TENSOR.dims);
  // Others (integers written one by one) are shapes and axes: nothing that is made smaller here.
  return raw && (type === DTYPE.float || type === DTYPE.float16) ? { name, type, dims, raw } : undefined;
}

const encodeTensor = ({ name, type, dims, raw }: Tensor): Uint8Array =>
  encodeMessage([
    ...dims.map((d) => number(TENSOR.dims, d)),
    ...[number(TENSOR.type, type), block(TENSOR.name, name), block(TENSOR.raw, raw)],
  ]);

function decodeNode(bytes: Uint8Array): GraphNode {
  const fields = decodeMessage(bytes);
  return {
    op: texts(fields, NODE.op)[0] ?? "",
    inputs: texts(fields, NODE.input),
    outputs: texts(fields, NODE.output),
    attributes: blocks(fields, NODE.attribute),
  };
}

const encodeNode = ({ op, inputs, outputs, attributes }: GraphNode): Uint8Array =>
  encodeMessage([
    ...inputs.map((name) => block(NODE.input, name)),
    ...outputs.map((name) => block(NODE.output, name)),
    ...[block(NODE.name, `${op} ${outputs[0]}`), block(NODE.op, op)],
    ...attributes.map((a) => block(NODE.attribute, a)),
  ]);

/** @throws InvalidInputError where the bytes are no ONNX model. */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  const model = decodeMessage(bytes);
  const graph = decodeMessage(blocks(model, MODEL_GRAPH)[0] ?? new Uint8Array());
  const tensors: Tensor[] = [];
  const rest: Field[] = [];
  for (const field of graph) {
    const tensor = field.id === GRAPH.initializer ? decodeTensor(field.value as Uint8Array) : undefined;
    if (tensor) tensors.push(tensor);
    else if (field.id !== GRAPH.node && field.id !== GRAPH.output) rest.push(field);
  }
  const [info = new Uint8Array(), ...others] = blocks(graph, GRAPH.output);
  return {
    nodes: blocks(graph, GRAPH.node).map(decodeNode),
    tensors,
    output: { name: texts(decodeMessage(info), 1)[0] ?? "", info },
    otherOutputs: others,
    graphRest: rest,
    modelRest: model.filter((f) => f.id !== MODEL_GRAPH),
  };
}

export function encodeModel(model: OnnxModel): Uint8Array {
  const graph = [
    ...model.nodes.map((node) => block(GRAPH.node, encodeNode(node))),
    ...model.graphRest,
    ...model.tensors.map((tensor) => block(GRAPH.initializer, encodeTensor(tensor))),
    ...[model.output.info, ...model.otherOutputs].map((info) => block(GRAPH.output, info)),
  ];
  return encodeMessage([...model.modelRest, block(MODEL_GRAPH, graph)]);
}

/** A whole number as an attribute of a node (AttributeProto.INT = 2). */
export const intAttribute = (name: string, value: number): Uint8Array =>
  encodeMessage([block(ATTRIBUTE.name, name), number(ATTRIBUTE.int, value), number(ATTRIBUTE.type, 2)]);

/** Without inputs that only name a weight, as old exporters wrote them: they keep weights from being folded. */
export function withConstantWeights(model: OnnxModel): OnnxModel {
  const weights = new Set(model.tensors.map(({ name }) => name));
  const isWeight = (f: Field) =>
    f.id === GRAPH.input && weights.has(texts(decodeMessage(f.value as Uint8Array), 1)[0] ?? "");
  return { ...model, graphRest: model.graphRest.filter((f) => !isWeight(f)) };
}

/** A ValueInfoProto with another name. */
export const renamed = (info: Uint8Array, name: string): Uint8Array =>
  encodeMessage(decodeMessage(info).map((f) => (f.id === 1 ? block(1, name) : f)));
