import { TillMessage } from "@tillsight/contracts";
import { z } from "zod";
import { encodeFrame, type TillLineFrame } from "./frame.js";

/** Version of till-line this code speaks; a till that cannot answers `unsupported-version`. */
export const TILL_LINE_VERSION = 1;

/** Frame sequence of hello and query, which belong to no message. */
export const CONTROL_SEQUENCE = 0;

const Sequence = z.int().min(0).max(0xffff_ffff);

const Hello = z.strictObject({ kind: z.literal("hello"), protocol: z.int().min(1).max(255) });
const Query = z.strictObject({ kind: z.literal("query") });

/** Lane to till. */
export const TillLineRequest = z.discriminatedUnion("kind", [...TillMessage.options, Hello, Query]);
export type TillLineRequest = z.infer<typeof TillLineRequest>;

/** `busy` is the only one that asks for another try; all others are final for that message. */
export const NakReason = z.enum([
  "busy",
  "unknown-item",
  "unknown-line",
  "totals-differ",
  "not-allowed",
  "conflict",
  "malformed",
  "unsupported-version",
]);
export type NakReason = z.infer<typeof NakReason>;

/** Till to lane. Every answer travels in a frame with the sequence of its request. */
export const TillLineAnswer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ack"), messageId: z.uuid(), duplicate: z.boolean() }),
  z.strictObject({
    kind: z.literal("nak"),
    /** Null only where the request could not be read so far. */ messageId: z.uuid().nullable(),
    reason: NakReason,
    detail: z.string().max(120),
  }),
  z.strictObject({
    kind: z.literal("welcome"),
    protocol: z.int().min(1).max(255),
    till: z.string().max(40),
    lastSequence: Sequence.nullable(),
  }),
  z.strictObject({ kind: z.literal("last"), sequence: Sequence.nullable(), messageId: z.uuid().nullable() }),
]);
export type TillLineAnswer = z.infer<typeof TillLineAnswer>;

/** JSON whose every character is printable ASCII, so that a frame also passes a line of seven data bits. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** @throws InvalidInputError when the message does not fit a frame. */
export const encodeRequest = (request: TillLineRequest, sequence: number): Uint8Array =>
  encodeFrame({ sequence, payload: asciiJson(request) });

/** @throws InvalidInputError when the answer does not fit a frame. */
export const encodeAnswer = (answer: TillLineAnswer, sequence: number): Uint8Array =>
  encodeFrame({ sequence, payload: asciiJson(answer) });

/** Null when the payload is no JSON or not one of the answers: to the lane that is rubbish. */
export const parseAnswer = (frame: TillLineFrame): TillLineAnswer | null =>
  TillLineAnswer.safeParse(parseJson(frame.payload)).data ?? null;

/** The request, or as much as a `malformed` answer needs: the message id where that at least could be read. */
export function parseRequest(
  frame: TillLineFrame,
): { ok: true; request: TillLineRequest } | { ok: false; messageId: string | null; why: string } {
  const json = parseJson(frame.payload);
  const parsed = TillLineRequest.safeParse(json);
  if (parsed.success) return { ok: true, request: parsed.data };
  const id = z.object({ messageId: z.uuid() }).safeParse(json).data?.messageId ?? null;
  const issue = parsed.error.issues[0];
  const why = json === undefined ? "not JSON" : `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`;
  return { ok: false, messageId: id, why: why.slice(0, 120) };
}

function parseJson(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

/** Durable sequence (1 and up) to the one of the frame: wraps after 2^32-1 to 1, for 0 is the control frames'. */
export const frameSequence = (sequence: number): number => ((sequence - 1) % 0xffff_ffff) + 1;
