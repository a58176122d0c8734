import { expect, test } from "vitest";
import { demoScript } from "./demo-script.js";
import type { Happening } from "./director.js";
import { inWords } from "./in-words.js";
import { demoProduct } from "./store.js";

const [breakfast] = demoScript();
if (!breakfast) throw new TypeError("the demo has trays");
const { sku } = demoProduct("pretzel").product;

const cases: [name: string, what: Happening, said: string | null][] = [
  ["a look at the screen needs no words", { do: "look" }, null],
  ["what is taken away is named", { do: "take", id: firstId() }, `takes away: ${firstName()}`],
  ["an id of no item is something", { do: "turn", id: "nobody", by: 10 }, "turns: something"],
  [
    "an answer names what lies there",
    { do: "answer", about: "choice", truth: sku, offered: [sku] },
    "is asked which it is, and touches: Pretzel",
  ],
  [
    "a ghost has no name",
    { do: "answer", about: "ghost", truth: null, offered: [] },
    "staff void a line for something that is not there",
  ],
  [
    "what was overlooked is named",
    { do: "correct", what: "missing", sku, instead: null },
    "put right by hand: Pretzel was missing",
  ],
  [
    "a wrong name is told beside the right one",
    { do: "correct", what: "misnamed", sku, instead: demoProduct("lemon").product.sku },
    "put right by hand: Pretzel was taken for Lemon",
  ],
];

function firstItem() {
  const step = breakfast?.steps[0];
  if (step?.do !== "bring" || !step.items[0]) throw new TypeError("a tray begins with goods");
  return step.items[0];
}
function firstId(): string {
  return firstItem().pose.id;
}
function firstName(): string {
  return demoProduct(firstItem().sku).product.name;
}

test.each(cases)("%s", (_name, what, said) => expect(inWords(breakfast, what)).toBe(said));

test("every step of the demo can be told", () => {
  for (const tray of demoScript(3))
    for (const step of tray.steps)
      if (step.do === "bring") expect(inWords(tray, step)).toMatch(/^puts down: [A-Z]/);
      else expect(() => inWords(tray, step)).not.toThrow();
});
