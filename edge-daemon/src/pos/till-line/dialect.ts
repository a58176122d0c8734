import { describeError, type TillMessage } from "@tillsight/contracts";
import type { Dialect, Heard, Pending } from "../dialect.js";
import type { PosSettings } from "../settings.js";
import { decodeNext, type TillLineFrame } from "./frame.js";
import {
  CONTROL_SEQUENCE,
  encodeRequest,
  frameSequence,
  parseAnswer,
  TILL_LINE_VERSION,
  type TillLineAnswer,
} from "./messages.js";

export function tillLine(settings: Pick<PosSettings, "attempts">): Dialect<TillLineFrame> {
  return {
    protocol: "till-line",
    capabilities: { quantity: true, void: true, weight: true, total: true },
    idempotent: true,
    plan: { awaitsAnswer: true, namedAnswers: true, resendOnSilence: true, attempts: settings.attempts },
    encode,
    decode: decodeNext,
    hear,
    hello: {
      sequence: CONTROL_SEQUENCE,
      messageId: null,
      bytes: encodeRequest({ kind: "hello", protocol: TILL_LINE_VERSION }, CONTROL_SEQUENCE),
    },
  };
}

function encode(message: TillMessage, durable: number): Pending | { refused: string } {
  const sequence = frameSequence(durable);
  try {
    return { sequence, messageId: message.messageId, bytes: encodeRequest(message, sequence) };
  } catch (error) {
    return { refused: describeError(error) };
  }
}

function hear(frame: TillLineFrame, pending: Pending | null): Heard {
  const answer = parseAnswer(frame);
  if (!answer) return { input: { on: "stray" }, text: `not an answer of till-line: ${frame.payload}` };
  const text = `${answer.kind} to ${frame.sequence}`;
  if (!pending || !belongs(frame.sequence, answer, pending)) return { input: { on: "stray" }, text };
  if (answer.kind === "welcome" && answer.protocol !== TILL_LINE_VERSION)
    return { input: { on: "refused", reason: `the till speaks version ${answer.protocol}` }, text };
  if (answer.kind !== "nak") return { input: { on: "ack" }, text };
  const reason = `the till said ${answer.reason}${answer.detail ? `: ${answer.detail}` : ""}`;
  return { input: { on: answer.reason === "busy" ? "busy" : "refused", reason }, text };
}

/** Sequence and message id must both fit; a welcome fits hello only. */
function belongs(sequence: number, answer: TillLineAnswer, pending: Pending): boolean {
  if (sequence !== pending.sequence) return false;
  if (answer.kind === "ack") return answer.messageId === pending.messageId;
  if (answer.kind === "nak") return answer.messageId === null || answer.messageId === pending.messageId;
  return pending.messageId === null && answer.kind === "welcome";
}
