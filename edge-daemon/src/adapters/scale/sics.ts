/**
 * MT-SICS, level 0: the command set of Mettler-Toledo's scales, which many others speak too (Mettler-Toledo,
 * "Reference Manual MT-SICS"). Lines of ASCII that end with CR LF; `SIR` asks for the weight now and then again
 * and again. An answer is `S`, a status, and the weight right-aligned with its unit: `S S     249.98 g`.
 */
export const askForWeights = "SIR\r\n";

/** The longest line of the command set is far shorter. */
export const longestLine = 80;

export type SicsAnswer =
  | { readonly kind: "weight"; readonly grams: number; readonly stable: boolean }
  /** It is there but has no weight to give. */
  | { readonly kind: "none"; readonly why: string }
  | { readonly kind: "noise"; readonly line: string };

export type SicsStep =
  | { readonly kind: "line"; readonly answer: SicsAnswer; readonly rest: string }
  | { readonly kind: "discarded"; readonly count: number; readonly rest: string }
  | { readonly kind: "incomplete" };

const gramsIn: Readonly<Record<string, number>> = { g: 1, kg: 1000, lb: 453.59237, oz: 28.349523125 };

const reasons: Readonly<Record<string, string>> = {
  "S I": "it is busy",
  "S +": "it is overloaded",
  "S -": "its pan is not on it",
  ES: "it does not know the command",
  ET: "the line is disturbed",
  EL: "it cannot do what it was asked",
};

function answerOf(line: string): SicsAnswer {
  const [, status, amount, unit = ""] = /^S ([SD]) +(-?\d+(?:\.\d+)?) (\S+)$/.exec(line) ?? [];
  const factor = gramsIn[unit];
  if (amount !== undefined && factor !== undefined)
    return { kind: "weight", grams: Number(amount) * factor, stable: status === "S" };
  if (amount !== undefined) return { kind: "none", why: `it weighs in ${unit}` };
  const why = reasons[line];
  return why === undefined ? { kind: "noise", line } : { kind: "none", why };
}

/** The next line of what has come, or how much of it is no line at all. */
export function nextAnswer(text: string): SicsStep {
  const end = text.indexOf("\n");
  if (end < 0)
    return text.length > longestLine
      ? { kind: "discarded", count: text.length, rest: "" }
      : { kind: "incomplete" };
  const rest = text.slice(end + 1);
  if (end > longestLine) return { kind: "discarded", count: end + 1, rest };
  return { kind: "line", answer: answerOf(text.slice(0, end).trimEnd()), rest };
}
