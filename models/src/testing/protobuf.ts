/** Just enough of the Protocol Buffers wire format to write small ONNX files for tests. */
type Bytes = number[];

function varint(value: number): Bytes {
  const out: Bytes = [];
  let rest = value;
  while (rest > 0x7f) {
    out.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
  return out;
}

export function int(field: number, value: number): Bytes {
  return [...varint(field * 8), ...varint(value)];
}

/** A field that has a length: text, bytes or a message. */
export function block(field: number, value: string | Bytes | Uint8Array): Bytes {
  const bytes = typeof value === "string" ? [...new TextEncoder().encode(value)] : [...value];
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}
