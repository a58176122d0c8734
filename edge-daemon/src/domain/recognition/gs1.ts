import { Gtin } from "@tillsight/contracts";

/** What a barcode decoder read: the symbol's format and its content, FNC1 as group separators (ASCII 29). */
export interface SymbolText {
  readonly format: string;
  readonly text: string;
  /** It says of itself that it holds GS1 elements (FNC1 in first place; every DataBar does). */
  readonly gs1: boolean;
}

const GROUP_SEPARATOR = "\u001d";

/** Data length of element strings by the first two digits of their AI (GS1 General Specifications, figure 7.8.5-2). */
const predefined: Readonly<Record<string, number>> = {
  "00": 18,
  "01": 14,
  "02": 14,
  "03": 14,
  "04": 16,
  "11": 6,
  "12": 6,
  "13": 6,
  "14": 6,
  "15": 6,
  "16": 6,
  "17": 6,
  "18": 6,
  "19": 6,
  "20": 2,
  "31": 8,
  "32": 8,
  "33": 8,
  "34": 8,
  "35": 8,
  "36": 8,
  "41": 14,
};

/** The GTIN of AI (01) in a string of GS1 elements, wherever it stands; undefined where there is none. */
function gtinElement(text: string): string | undefined {
  let rest = text;
  while (rest.length >= 2) {
    if (rest.startsWith(GROUP_SEPARATOR)) {
      rest = rest.slice(1);
      continue;
    }
    const ai = rest.slice(0, 2);
    if (ai === "01") return rest.slice(2, 16);
    const length = predefined[ai];
    const end = length === undefined ? rest.indexOf(GROUP_SEPARATOR) : 2 + length;
    if (end < 0) return undefined;
    rest = rest.slice(end);
  }
  return undefined;
}

/** GS1 Digital Link: `https://…/01/<gtin>…`. */
function digitalLink(text: string): string | undefined {
  return /^https?:\/\/[^/]+\/(?:[^?#]*\/)?01\/(\d{8,14})(?=[/?#]|$)/i.exec(text)?.[1];
}

/** UPC-E's six digits between number system and check digit, as the UPC-A they stand for (GS1 Gen. Spec. 5.2.2.4.2). */
export function expandUpcE(digits: string): string {
  const [system = "", a = "", b = "", c = "", d = "", e = "", last = "", check = ""] = digits;
  if ("012".includes(last)) return `${system}${a}${b}${last}0000${c}${d}${e}${check}`;
  if (last === "3") return `${system}${a}${b}${c}00000${d}${e}${check}`;
  if (last === "4") return `${system}${a}${b}${c}${d}00000${e}${check}`;
  return `${system}${a}${b}${c}${d}${e}0000${last}${check}`;
}

function digitsOf({ format, text, gs1 }: SymbolText): string | undefined {
  const plain = text.replace(/[()]/g, "");
  switch (format) {
    case "UPCE":
      return /^\d{8}$/.test(text) ? expandUpcE(text) : text;
    case "EAN13":
    case "EAN8":
    case "UPCA":
      return text;
    default:
      // Digits that begin with 01 are a GTIN only where GS1 says so: a label of the store's own may do so too.
      return digitalLink(text) ?? (gs1 ? gtinElement(plain) : undefined);
  }
}

/**
 * The GTIN that a symbol carries, or null: no GTIN, or a wrong check digit. EAN/UPC carry it plainly; GS1-128,
 * DataBar, DataMatrix and QR as AI (01) or as a GS1 Digital Link.
 */
export function gtinOf(symbol: SymbolText): Gtin | null {
  const digits = digitsOf(symbol);
  if (digits === undefined) return null;
  const parsed = Gtin.safeParse(/^\d{9,11}$/.test(digits) ? digits.padStart(12, "0") : digits);
  return parsed.success ? parsed.data : null;
}
