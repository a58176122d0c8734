import { describe, expect, it } from "vitest";
import { longestLine, nextAnswer } from "./sics.js";

function hear(text: string): string[] {
  const heard: string[] = [];
  for (let rest = text; ; ) {
    const step = nextAnswer(rest);
    if (step.kind === "incomplete") return rest === "" ? heard : [...heard, `waiting:${rest}`];
    rest = step.rest;
    if (step.kind === "discarded") heard.push(`discarded:${step.count}`);
    else if (step.answer.kind === "weight")
      heard.push(`${step.answer.stable ? "" : "~"}${step.answer.grams.toFixed(2)}`);
    else heard.push(step.answer.kind === "none" ? `none:${step.answer.why}` : `noise:${step.answer.line}`);
  }
}

const cases: [name: string, text: string, want: string[]][] = [
  ["a stable weight", "S S     249.98 g\r\n", ["249.98"]],
  ["one that still swings", "S D     251.20 g\r\n", ["~251.20"]],
  ["less than nothing, the tray lifted", "S S     -12.00 g\r\n", ["-12.00"]],
  ["kilograms", "S S      1.250 kg\r\n", ["1250.00"]],
  ["pounds", "S S        1.5 lb\r\n", ["680.39"]],
  ["several at once, the last cut off", "S S 1 g\r\nS S 2 g\r\nS S ", ["1.00", "2.00", "waiting:S S "]],
  ["overload", "S +\r\n", ["none:it is overloaded"]],
  ["an empty pan carrier", "S -\r\n", ["none:its pan is not on it"]],
  ["a scale that is busy", "S I\r\n", ["none:it is busy"]],
  ["one that does not know the command", "ES\r\n", ["none:it does not know the command"]],
  ["pieces instead of grams", "S S     12 PCS\r\n", ["none:it weighs in PCS"]],
  ["a greeting", 'I4 A "0123456789"\r\n', ['noise:I4 A "0123456789"']],
  ["a number that is none", "S S    1.2.3 g\r\n", ["noise:S S    1.2.3 g"]],
  ["the tail of a cut line resyncs at the next", "9.98 g\r\nS S 5 g\r\n", ["noise:9.98 g", "5.00"]],
  ["rubbish without an end", "x".repeat(longestLine + 1), [`discarded:${longestLine + 1}`]],
  ["rubbish before an end", `${"x".repeat(200)}\r\nS S 5 g\r\n`, ["discarded:202", "5.00"]],
];

describe("MT-SICS answers", () => {
  it.each(cases)("%s", (_, text, want) => {
    expect(hear(text)).toEqual(want);
  });
});
