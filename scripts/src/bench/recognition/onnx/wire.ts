import { InvalidInputError } from "@tillsight/contracts";

/**
 * One field of a Protocol Buffers message as it stands on the wire (protobuf.dev/programming-guides/encoding):
 * numbers for varints, bytes for everything else. What we do not know is carried through unchanged.
 */
export interface Field {
  readonly id: number;
  readonly wire: 0 | 1 | 2 | 5;
  readonly value: bigint | Uint8Array;
}

const broken = (why: string) =>
  new InvalidInputError(`not an ONNX file: ${why}`, "Give a complete .onnx file.");

/** @throws InvalidInputError where the bytes are no message. */
export function decodeMessage(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw broken("it ends in the middle of a number");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw broken("a number is too long");
  };
  const take = (length: number): Uint8Array => {
    if (at + length > bytes.length) throw broken("it ends too early");
    at += length;
    return bytes.subarray(at - length, at);
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const id = key >>> 3;
    const wire = key & 7;
    if (wire === 0) fields.push({ id, wire, value: varint() });
    else if (wire === 2) fields.push({ id, wire, value: take(Number(varint())) });
    else if (wire === 5 || wire === 1) fields.push({ id, wire, value: take(wire === 5 ? 4 : 8) });
    else throw broken(`wire type ${wire}`);
  }
  return fields;
}

function varintBytes(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}

export function encodeMessage(fields: readonly Field[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { id, wire, value } of fields) {
    parts.push(varintBytes(BigInt(id * 8 + wire)));
    if (typeof value === "bigint") parts.push(varintBytes(value));
    else if (wire === 2) parts.push(varintBytes(BigInt(value.length)), value);
    else parts.push(value);
  }
  return new Uint8Array(Buffer.concat(parts));
}

export const number = (id: number, value: number | bigint): Field => ({ id, wire: 0, value: BigInt(value) });

/** A message, bytes or text. */
export const block = (id: number, value: Uint8Array | string | readonly Field[]): Field => ({
  ...{ id, wire: 2 },
  value:
    typeof value === "string"
      ? new TextEncoder().encode(value)
      : value instanceof Uint8Array
        ? value
        : encodeMessage(value),
});

/** The bytes of each field with this id. */
export const blocks = (fields: readonly Field[], id: number): Uint8Array[] =>
  fields.flatMap((f) => (f.id === id && f.value instanceof Uint8Array ? [f.value] : []));

export const texts = (fields: readonly Field[], id: number): string[] =>
  blocks(fields, id).map((bytes) => new TextDecoder().decode(bytes));
