import { discard, type Step } from "../step.js";

export const ACK = 0x06;
export const NAK = 0x15;

/** The till's answers to a scanner that waits: one byte each, which carries no number. */
export function decodeAnswer(buffer: Uint8Array): Step<"ack" | "nak"> {
  const first = buffer[0];
  if (first === undefined) return { kind: "incomplete" };
  if (first === ACK || first === NAK)
    return {
      kind: "frame",
      frame: first === ACK ? "ack" : "nak",
      bytes: buffer.subarray(0, 1),
      rest: buffer.subarray(1),
    };
  const next = buffer.findIndex((byte) => byte === ACK || byte === NAK);
  return discard(buffer, next < 0 ? buffer.length : next, "noise");
}
