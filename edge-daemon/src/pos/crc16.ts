/**
 * CRC-16/IBM-3740, widely called CRC-16/CCITT-FALSE: polynomial 0x1021, init 0xFFFF, nothing reflected, no final
 * xor. Test vector: the nine bytes "123456789" give 0x29B1 (catalogue of parametrised CRC algorithms).
 * Up to 32,751 bits it detects every damage of one, two or three bits and every burst of up to 16 bits; our
 * longest frame has 16,512.
 */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) crc = ((crc << 8) ^ (TABLE[(crc >> 8) ^ byte] ?? 0)) & 0xffff;
  return crc;
}

const TABLE = Uint16Array.from({ length: 256 }, (_, index) => {
  let crc = index << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc & 0xffff;
});

/** Fixed-width upper-case hexadecimal, the only spelling our frames allow: a flipped case bit is damage. */
export const hexDigits = (value: number, width: number): string =>
  value.toString(16).toUpperCase().padStart(width, "0");

/** Value of exactly `width` upper-case hexadecimal digits, or null. */
export function parseHexDigits(digits: string, width: number): number | null {
  return digits.length === width && /^[0-9A-F]+$/.test(digits) ? Number.parseInt(digits, 16) : null;
}
