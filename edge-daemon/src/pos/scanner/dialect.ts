import { describeError, type TillMessage } from "@tillsight/contracts";
import type { Dialect, Heard, Pending } from "../dialect.js";
import type { PosSettings } from "../settings.js";
import { decodeAnswer } from "./answer.js";
import { codeOf } from "./code.js";
import { encodeScan, type ScanFraming } from "./frame.js";

type ScannerSettings = Pick<
  PosSettings,
  "protocol" | "prefix" | "suffix" | "aimId" | "sequence" | "attempts"
>;

/** The framing that lane and till must agree on; the plain scanner never numbers its scans. */
export function framingOf(s: Omit<ScannerSettings, "attempts">): ScanFraming {
  const sequence = s.protocol === "scanner-ack" ? s.sequence : "none";
  return { prefix: s.prefix, suffix: s.suffix, aimId: s.aimId, sequence };
}

/**
 * Both scanner protocols. Only numbered scans are idempotent: without a number the till cannot tell a repeat from
 * a second piece, so after silence nothing may be sent again, and after a crash nobody knows.
 */
export function scanner(
  settings: ScannerSettings & { protocol: "scanner" | "scanner-ack" },
): Dialect<"ack" | "nak"> {
  const framing = framingOf(settings);
  const numbered = framing.sequence === "digits";
  return {
    protocol: settings.protocol,
    capabilities: { quantity: false, void: false, weight: false, total: false },
    idempotent: numbered,
    plan: {
      awaitsAnswer: settings.protocol === "scanner-ack",
      namedAnswers: false,
      resendOnSilence: numbered,
      attempts: settings.attempts,
    },
    encode: (message, sequence) => encode(framing, message, sequence),
    decode: decodeAnswer,
    hear,
    hello: null,
  };
}

function encode(framing: ScanFraming, message: TillMessage, sequence: number): Pending | { refused: string } {
  if (message.kind !== "item") return { refused: `a scanner cannot say ${message.kind}` };
  if (message.quantity !== 1) return { refused: "a scanner says one piece at a time" };
  if (message.grams !== null) return { refused: "a scanner cannot say a weight" };
  try {
    const bytes = encodeScan(framing, codeOf(message), sequence);
    return { sequence, messageId: message.messageId, bytes };
  } catch (error) {
    return { refused: describeError(error) };
  }
}

/** The byte names nothing: whether it belongs to what is under way is the exchange's to decide, by time. */
function hear(frame: "ack" | "nak", pending: Pending | null): Heard {
  if (!pending) return { input: { on: "stray" }, text: frame };
  if (frame === "ack") return { input: { on: "ack" }, text: frame };
  return { input: { on: "nak", reason: "the till answered NAK" }, text: frame };
}
