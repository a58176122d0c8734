import { openAnyGraph, readModel } from "@tillsight/models";
import { describe, expect, it } from "vitest";
import { withByteConvolutions } from "./int8.js";
import { fromHalf, modernised, toHalf, withFullWeights, withHalfWeights, withUnitOutput } from "./rewrite.js";
import { decodeMessage, encodeMessage } from "./wire.js";

const { bytes, manifest } = await readModel("embedder");
const { height, width } = manifest.input;
const picture = Float32Array.from({ length: 3 * height * width }, (_, i) => ((i * 31) % 256) / 256);

async function answer(model: Uint8Array): Promise<Float32Array> {
  const graph = await openAnyGraph(model, "cpu", 1);
  const vector = Float32Array.from(await graph.run(manifest.input.name, picture, [1, 3, height, width]));
  await graph.close();
  return vector;
}

const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);

describe("half floats", () => {
  const table: [name: string, value: number, bits: number][] = [
    ["zero", 0, 0x0000],
    ["one", 1, 0x3c00],
    ["minus two", -2, 0xc000],
    ["a third, rounded", 1 / 3, 0x3555],
    ["the largest", 65_504, 0x7bff],
    ["too large", 1e6, 0x7c00],
    ["the smallest normal", 2 ** -14, 0x0400],
    ["below it", 2 ** -24, 0x0001],
    ["just under a power of two", 1.9999, 0x4000],
  ];
  it.each(table)("%s", (_, value, bits) => expect(toHalf(value)).toBe(bits));
  it("come back as what they stand for", () => {
    for (const bits of [0, 1, 0x3ff, 0x400, 0x3c00, 0x7bff, 0x8001, 0xc000, 0x7c00])
      expect(toHalf(fromHalf(bits))).toBe(bits);
  });
});

describe("a network's file", () => {
  it("stays byte for byte the same when it is read and written", () => {
    expect(Buffer.from(encodeMessage(decodeMessage(bytes))).equals(Buffer.from(bytes))).toBe(true);
  });

  it("that ends in the middle is refused", () => {
    expect(() => decodeMessage(bytes.subarray(0, bytes.length - 7))).toThrow(/not an ONNX file/);
  });

  it("answers the same after its graph was taken apart and put together", async () => {
    expect(await answer(modernised(bytes))).toEqual(await answer(bytes));
  });

  const reduced: [name: string, make: (b: Uint8Array) => Uint8Array, share: number, alike: number][] = [
    ["half floats", withHalfWeights, 0.6, 0.9999],
    ["8 bits", withByteConvolutions, 0.45, 0.99],
  ];
  it.each(reduced)("in %s is smaller and answers nearly the same", async (_, make, share, alike) => {
    const small = make(bytes);
    expect(small.length).toBeLessThan(share * withFullWeights(bytes).length);
    expect(cosine(await answer(small), await answer(bytes))).toBeGreaterThan(alike);
  });

  it("with weights written out in full answers the same", async () => {
    expect(
      cosine(await answer(withFullWeights(withHalfWeights(bytes))), await answer(bytes)),
    ).toBeGreaterThan(0.9999);
  });

  it("gets an output of length 1", async () => {
    const unit = await answer(withUnitOutput(bytes));
    expect(Math.hypot(...unit)).toBeCloseTo(1, 4);
  });
});
