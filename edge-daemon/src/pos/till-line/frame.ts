import { InvalidInputError } from "@tillsight/contracts";
import { ascii, text } from "../bytes.js";
import { crc16, hexDigits, parseHexDigits } from "../crc16.js";
import { discard, type Step } from "../step.js";

const STX = 0x02;
const ETX = 0x03;
const LENGTH_AT = 1;
const SEQUENCE_AT = 5;
const PAYLOAD_AT = 13;
const TRAILER = 5;

/** Longest payload, in bytes; an item with the longest description, wholly escaped, takes about 1,200. */
export const MAX_PAYLOAD = 2048;
export const MAX_FRAME = PAYLOAD_AT + MAX_PAYLOAD + TRAILER;

/** One frame of till-line: `sequence` is 0 to 2^32-1, `payload` is 1 to 2048 characters 0x20..0x7E. */
export interface TillLineFrame {
  readonly sequence: number;
  readonly payload: string;
}

/**
 * STX, length (4 hex digits), sequence (8 hex digits), payload, CRC-16 (4 hex digits) over all between STX and
 * itself, ETX. Numbers are hexadecimal text so that STX and ETX never occur inside a frame: a reader that sees
 * STX knows that a frame begins, whatever was damaged before, and no byte needs stuffing.
 * @throws InvalidInputError when the payload is empty, too long or not printable ASCII.
 */
export function encodeFrame({ sequence, payload }: TillLineFrame): Uint8Array {
  if (!/^[\x20-\x7e]+$/.test(payload) || payload.length > MAX_PAYLOAD)
    throw new InvalidInputError(
      `a till-line payload has 1 to ${MAX_PAYLOAD} printable ASCII characters`,
      "Escape other characters as \\uXXXX and shorten the description.",
    );
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > 0xffff_ffff)
    throw new InvalidInputError(`sequence ${sequence} is not in 0 to 4294967295`, "Wrap it before encoding.");
  const body = hexDigits(payload.length, 4) + hexDigits(sequence, 8) + payload;
  return ascii(`\x02${body}${hexDigits(crc16(ascii(body)), 4)}\x03`);
}

/** Takes the first frame, or the first piece of rubbish, off the buffer. Holds back fewer than MAX_FRAME bytes. */
export function decodeNext(buffer: Uint8Array): Step<TillLineFrame> {
  if (buffer.length === 0) return { kind: "incomplete" };
  if (buffer[0] !== STX) {
    const start = buffer.indexOf(STX);
    return discard(buffer, start < 0 ? buffer.length : start, "noise");
  }
  const stop = endOfText(buffer);
  if (stop < SEQUENCE_AT) return stop < buffer.length ? broken(buffer, stop) : { kind: "incomplete" };
  const length = parseHexDigits(text(buffer.subarray(LENGTH_AT, SEQUENCE_AT)), 4);
  if (length === null) return broken(buffer, stop);
  // Before waiting for more: a length we would never accept is damage now, not after 64 KiB.
  if (length < 1 || length > MAX_PAYLOAD) return discard(buffer, SEQUENCE_AT, "oversize");
  const end = PAYLOAD_AT + length + TRAILER - 1;
  if (stop < Math.min(end, buffer.length)) return broken(buffer, stop);
  if (buffer.length <= end) return { kind: "incomplete" };
  if (buffer[end] !== ETX) return discard(buffer, end, "malformed");
  return checked(buffer, end);
}

/** Structure is whole from STX to ETX; what is left is the sequence's spelling and the checksum. */
function checked(buffer: Uint8Array, end: number): Step<TillLineFrame> {
  const crcAt = end - 4;
  const crc = parseHexDigits(text(buffer.subarray(crcAt, end)), 4);
  if (crc !== crc16(buffer.subarray(LENGTH_AT, crcAt))) return discard(buffer, end + 1, "checksum");
  const sequence = parseHexDigits(text(buffer.subarray(SEQUENCE_AT, PAYLOAD_AT)), 8);
  if (sequence === null) return discard(buffer, end + 1, "malformed");
  const payload = text(buffer.subarray(PAYLOAD_AT, crcAt));
  const bytes = buffer.subarray(0, end + 1);
  return { kind: "frame", frame: { sequence, payload }, bytes, rest: buffer.subarray(end + 1) };
}

/** First index after the STX whose byte cannot stand between STX and ETX. */
function endOfText(buffer: Uint8Array): number {
  let i = 1;
  while (i < buffer.length && i < MAX_FRAME && (buffer[i] ?? 0) >= 0x20 && (buffer[i] ?? 0) <= 0x7e) i++;
  return i;
}

/** The frame ends too early at `stop`: an STX there belongs to the next frame, anything else to the rubbish. */
function broken(buffer: Uint8Array, stop: number): Step<TillLineFrame> {
  if (buffer[stop] === STX) return discard(buffer, stop, "cut");
  return discard(buffer, Math.min(stop + 1, buffer.length), "malformed");
}
