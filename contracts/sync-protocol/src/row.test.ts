import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCbor } from "./cbor.js";
import { decodeRow, encodeRow, encodeWithDigest, parseKey, rowKey } from "./row.js";
import { hex, StateHash } from "./state-hash.js";
import { embedderId, rows } from "./test-helpers.js";
import { dequantise, isQuantised, quantise } from "./vector.js";

const reasonOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as { reason?: string }).reason ?? String(error);
  }
  return "none";
};

describe("a row", () => {
  it("comes back as it went, with the same bytes", () => {
    fc.assert(
      fc.property(rows, (row) => {
        const bytes = encodeRow(row);
        const { row: back, encoded } = decodeRow(bytes, embedderId);
        expect(back).toEqual(row);
        expect(encodeRow(back)).toEqual(bytes);
        expect(encoded).toEqual(encodeWithDigest(row));
        expect(parseKey(rowKey(row)).kind).toBe(row.kind);
      }),
    );
  });

  it("has bytes that anybody can make: this is one, by hand", () => {
    const bytes = Buffer.from("a5000001615802644d696c6b0418c70563455552", "hex");
    const { row } = decodeRow(bytes, embedderId);
    expect(row).toMatchObject({
      kind: "product",
      product: { sku: "X", name: "Milk", unit: "each", price: { minor: 199, currency: "EUR" }, taxRateBp: 0 },
    });
    expect(hex(encodeWithDigest(row).digest)).toBe(
      "cae10753929969e1b977ce2af5cae3400636cf531f4c92ebb7f4c273c4ce785a",
    );
  });

  const minimal: [number, unknown][] = [
    ...([
      [0, 0],
      [1, "X"],
      [2, "Milk"],
      [4, 199],
      [5, "EUR"],
    ] as [number, unknown][]),
  ];
  const vector = new Uint8Array(16).fill(1);
  const refused: [situation: string, bytes: Uint8Array][] = [
    ["a field of a newer version", encodeCbor(new Map([...minimal, [99, 1]]))],
    ["a default that should have been left out", encodeCbor(new Map([...minimal, [6, 0]]))],
    ["a kind of row that nobody knows", encodeCbor(new Map([...minimal.slice(1), [0, 7]]))],
    ["no name", encodeCbor(new Map(minimal.filter(([number]) => number !== 2)))],
    ["a price that is no whole number", encodeCbor(new Map([...minimal, [4, 1.5]]))],
    ["a SKU with a blank", encodeCbor(new Map([...minimal, [1, "a b"]]))],
    [
      "a vector that is not scaled",
      encodeCbor(
        new Map<number, unknown>([
          [0, 1],
          [1, "X"],
          [14, "r"],
          [15, vector],
        ]),
      ),
    ],
    ["a list", encodeCbor([1, 2])],
    ["fields in another order", Buffer.from("a5010158016001", "hex")],
    ["a number in more bytes than it needs", Buffer.from("a51800000161580264004d", "hex")],
    ["nothing", new Uint8Array()],
  ];
  it.each(refused)("is refused: %s", (_, bytes) => {
    expect(reasonOf(() => decodeRow(bytes, embedderId))).toBe("unreadableRow");
  });

  it.each(["", "p:", "p:a b", "x:1", `r:${"x".repeat(65)}`])("has no such key: %j", (key) => {
    expect(reasonOf(() => parseKey(key))).toBe("unreadableRow");
  });
});

describe("the state hash", () => {
  it("does not depend on the order, and a row that came and went leaves no trace", () => {
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 12 }), fc.nat(), rows, (list, turn, other) => {
        const digests = list.map((row) => encodeWithDigest(row).digest);
        const at = digests.length === 0 ? 0 : turn % digests.length;
        const one = digests.reduce((hash, digest) => hash.add(digest), new StateHash()).bytes();
        const passing = encodeWithDigest(other).digest;
        const two = new StateHash().add(passing);
        for (const digest of [...digests.slice(at), ...digests.slice(0, at)]) two.add(digest);
        expect(two.remove(passing).bytes()).toEqual(one);
        expect(new StateHash(one).bytes()).toEqual(one);
      }),
    );
  });

  it("wraps around at 2^256", () => {
    const most = new Uint8Array(32).fill(0xff);
    const one = new Uint8Array(32);
    one[31] = 1;
    expect(new StateHash(most).add(one).bytes()).toEqual(Buffer.alloc(32));
    expect(new StateHash().remove(one).bytes()).toEqual(Buffer.from(most));
  });
});

describe("a vector", () => {
  it("is the same bytes again after any number of journeys", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 8, maxLength: 300 }),
        (numbers) => {
          fc.pre(numbers.some((x) => Math.abs(x) > 1e-9));
          const codes = quantise(numbers);
          expect(isQuantised(codes)).toBe(true);
          expect(quantise(dequantise(codes))).toEqual(codes);
        },
      ),
    );
  });

  it("without a direction is refused", () => {
    for (const numbers of [
      [0, 0],
      [Number.NaN, 1],
      [Number.POSITIVE_INFINITY, 0],
    ])
      expect(() => quantise(numbers)).toThrow(/no direction/);
  });
});
