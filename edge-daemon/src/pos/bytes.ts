/** ASCII text to bytes; the caller vouches that every character is below 0x80. */
export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0) & 0x7f);

/** Bytes to text, one character a byte. */
export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

/** "02 41 03", for logs and documents. */
export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (b) => b.toString(16).padStart(2, "0").toUpperCase()).join(" ");

/** The reverse of `hex`; blanks and line ends are ignored. */
export const fromHex = (digits: string): Uint8Array =>
  Uint8Array.from(Buffer.from(digits.replace(/\s+/g, ""), "hex"));

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** First index of `needle` (at least one byte) in `hay` from `from` on, or -1. */
export function indexOf(hay: Uint8Array, needle: Uint8Array, from = 0): number {
  for (let i = from; i + needle.length <= hay.length; i++)
    if (needle.every((byte, k) => hay[i + k] === byte)) return i;
  return -1;
}

/** Last index of `needle` (at least one byte) that lies wholly before `end`, or -1. */
export function lastIndexOf(hay: Uint8Array, needle: Uint8Array, end = hay.length): number {
  for (let i = end - needle.length; i >= 0; i--) if (needle.every((byte, k) => hay[i + k] === byte)) return i;
  return -1;
}
