import { InvalidInputError } from "@tillsight/contracts";
import { ascii, indexOf, lastIndexOf, text } from "../bytes.js";
import { crc16, hexDigits, parseHexDigits } from "../crc16.js";
import { type DecodeNext, discard, type Step } from "../step.js";
import { AIM_IDS, aimOf, codeFitsAim, isScanCode, MAX_CODE } from "./code.js";

/** How a scan is wrapped. `sequence: "digits"` adds two digits in front and a CRC-16 behind. */
export interface ScanFraming {
  readonly prefix: string;
  readonly suffix: string;
  readonly aimId: boolean;
  readonly sequence: "digits" | "none";
}

/** One scan as the till reads it. `sequence` is 0 to 99, or null where the framing has none. */
export interface Scan {
  readonly sequence: number | null;
  readonly aim: string | null;
  readonly code: string;
}

const DATA = /^[A-Za-z0-9._\]-]*$/;

/** Longest frame of a framing, in bytes. */
export const maxScanFrame = (f: ScanFraming): number =>
  f.prefix.length + (f.sequence === "digits" ? 6 : 0) + (f.aimId ? 3 : 0) + MAX_CODE + f.suffix.length;

/**
 * prefix, [two digits: sequence mod 100], [AIM identifier], code, [CRC-16 of digits, identifier and code, as four
 * upper-case hexadecimal digits], suffix.
 * @throws InvalidInputError when the code cannot be told from damage (see `isScanCode`).
 */
export function encodeScan(framing: ScanFraming, code: string, sequence: number): Uint8Array {
  if (!isScanCode(code))
    throw new InvalidInputError(
      `the code ${JSON.stringify(code)} cannot be sent as a scan`,
      "Give the product a GTIN, a PLU, or a SKU that does not look like a GTIN with a wrong check digit.",
    );
  const aim = framing.aimId ? aimOf(code) : "";
  // AIM's ]E0 always carries 13 digits: a UPC-A is a GTIN-13 with a leading zero there.
  const data = aim === "]E0" ? code.padStart(13, "0") : code;
  if (framing.sequence === "none") return ascii(framing.prefix + aim + data + framing.suffix);
  const body = `${String(sequence % 100).padStart(2, "0")}${aim}${data}`;
  return ascii(framing.prefix + body + hexDigits(crc16(ascii(body)), 4) + framing.suffix);
}

/** The till's side. A prefix that cannot occur in data restarts a frame at once; without one the suffix must do. */
export function scanDecoder(framing: ScanFraming): DecodeNext<Scan> {
  const prefix = ascii(framing.prefix);
  const suffix = ascii(framing.suffix);
  const marks = prefix.length > 0 && !DATA.test(framing.prefix);
  const max = maxScanFrame(framing);
  // The end of a rubbish run may be the first part of a suffix or of the next frame's prefix.
  const held = Math.max(prefix.length, suffix.length) - 1;

  return (buffer): Step<Scan> => {
    if (buffer.length === 0) return { kind: "incomplete" };
    const end = indexOf(buffer, suffix);
    const until = end < 0 ? buffer.length : end;
    const start = marks ? lastIndexOf(buffer, prefix, until) : 0;
    if (start > 0) return discard(buffer, start, indexOf(buffer, prefix) < start ? "cut" : "noise");
    if (end < 0) {
      if (buffer.length >= max) return discard(buffer, buffer.length - held, "oversize");
      return { kind: "incomplete" };
    }
    const whole = end + suffix.length;
    if (whole > max) return discard(buffer, whole, "oversize");
    if (start < 0 || end === 0) return discard(buffer, whole, "noise");
    const body = text(buffer.subarray(0, end));
    if (!body.startsWith(framing.prefix)) return discard(buffer, whole, "malformed");
    const scan = parseBody(framing, body.slice(prefix.length));
    if (typeof scan === "string") return discard(buffer, whole, scan);
    return { kind: "frame", frame: scan, bytes: buffer.subarray(0, whole), rest: buffer.subarray(whole) };
  };
}

function parseBody(framing: ScanFraming, body: string): Scan | "malformed" | "checksum" {
  let data = body;
  let sequence: number | null = null;
  if (framing.sequence === "digits") {
    const digits = body.slice(0, 2);
    const checkedPart = body.slice(0, -4);
    if (!/^\d\d$/.test(digits) || body.length < 7) return "malformed";
    if (parseHexDigits(body.slice(-4), 4) !== crc16(Buffer.from(checkedPart, "latin1"))) return "checksum";
    sequence = Number(digits);
    data = checkedPart.slice(2);
  }
  const aim = framing.aimId ? data.slice(0, 3) : null;
  const code = framing.aimId ? data.slice(3) : data;
  if (aim !== null && !AIM_IDS.includes(aim)) return "malformed";
  if (!isScanCode(code)) return /^\d+$/.test(code) ? "checksum" : "malformed";
  if (aim !== null && !codeFitsAim(aim, code)) return "malformed";
  return { sequence, aim, code };
}
