import { crc32 } from "node:zlib";
import { SyncRefusedError } from "./errors.js";

/** What a frame holds; the numbers are on the wire and never given twice. */
export const frameKinds = { head: 1, delta: 2, manifest: 3, chunk: 4, key: 5, model: 6 } as const;
export type FrameKind = keyof typeof frameKinds;

export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Uint8Array;
}

const magic = Buffer.from("TSY1", "latin1");
/** Magic (4), kind (1), payload length (4, big-endian), CRC-32 (4, big-endian) of kind, length and payload. */
export const frameHeaderBytes = 13;
/** No frame is longer; a length beyond it is damage. */
export const maxPayloadBytes = 16 * 1024 * 1024;

const kindOf = new Map<number, FrameKind>(
  (Object.entries(frameKinds) as [FrameKind, number][]).map(([kind, number]) => [number, kind]),
);

export function encodeFrame(kind: FrameKind, ...parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const frame = Buffer.concat([magic, Buffer.alloc(9), ...parts]);
  frame[4] = frameKinds[kind];
  frame.writeUInt32BE(length, 5);
  frame.writeUInt32BE(checksum(frame, frame.length), 9);
  return frame;
}

function checksum(frame: Buffer, end: number): number {
  return crc32(frame.subarray(frameHeaderBytes, end), crc32(frame.subarray(4, 9)));
}

/** The frame at the start of `bytes`, and what follows it. @throws SyncRefusedError */
export function takeFrame(bytes: Uint8Array): { frame: Frame; rest: Uint8Array } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < frameHeaderBytes)
    throw new SyncRefusedError("truncated", `${buffer.length} bytes are less than a header`);
  if (!buffer.subarray(0, 4).equals(magic)) throw new SyncRefusedError("malformed", "it is no frame");
  const end = frameHeaderBytes + buffer.readUInt32BE(5);
  if (end > maxPayloadBytes) throw new SyncRefusedError("damaged", `a length of ${end} bytes`);
  if (buffer.length < end)
    throw new SyncRefusedError("truncated", `${buffer.length} of ${end} bytes have arrived`);
  if (checksum(buffer, end) !== buffer.readUInt32BE(9))
    throw new SyncRefusedError("damaged", "its CRC-32 is wrong");
  const kind = kindOf.get(buffer[4] as number);
  if (!kind) throw new SyncRefusedError("malformed", `frames of kind ${buffer[4]} are not known here`);
  return { frame: { kind, payload: buffer.subarray(frameHeaderBytes, end) }, rest: buffer.subarray(end) };
}

/** The one frame that `bytes` are. @throws SyncRefusedError */
export function decodeFrame(bytes: Uint8Array): Frame {
  const { frame, rest } = takeFrame(bytes);
  if (rest.length > 0) throw new SyncRefusedError("malformed", `${rest.length} bytes follow its end`);
  return frame;
}
