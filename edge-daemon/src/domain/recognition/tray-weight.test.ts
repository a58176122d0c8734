import { describe, expect, it } from "vitest";
import { freshTrayWeight, type TrayWeight, type WeighedTray, weighTray } from "./tray-weight.js";

/** Looks at a still tray: `1 ab 500` is phase 1, items a and b, 500 g; `-` for a scale that says nothing certain. */
function watch(...looks: string[]): TrayWeight {
  return looks.reduce((state, look) => {
    const [epoch = "", ids = "", grams] = look.split(" ");
    const tray: WeighedTray = {
      epoch: Number(epoch),
      ids: ids === "." ? [] : [...ids],
      grams: grams === "-" ? null : Number(grams),
    };
    return weighTray(state, tray, 2);
  }, freshTrayWeight);
}
const weights = (state: TrayWeight) =>
  Object.fromEntries([...state.items].map(([id, { grams }]) => [id, grams]));

const cases: [name: string, looks: string[], want: Record<string, number>][] = [
  ["items laid down one by one have each their own", ["1 . 0", "2 a 500", "3 ab 820"], { a: 500, b: 320 }],
  ["a tray that was never seen empty says nothing", ["1 a 500"], {}],
  ["two laid down at once share a weight, and neither gets it", ["1 . 0", "2 ab 820"], {}],
  ["one laid down while another was taken away", ["1 . 0", "2 a 500", "3 b 320"], {}],
  ["a scale that swings until later in the phase", ["1 . 0", "2 a -", "2 a 500"], { a: 500 }],
  ["a scale that swung all through the phase before", ["1 . 0", "2 a -", "3 ab 820"], {}],
  ["the detector sees it later than the scale", ["1 . 0", "2 . 500", "2 a 500"], { a: 500 }],
  ["what was never seen is not counted to the next item", ["1 . 0", "2 . 500", "3 b 820"], { b: 320 }],
  ["a track that weighs nothing", ["1 . 0", "2 a 3"], {}],
  ["a hand that leaves while the phase lasts", ["1 . 0", "2 a 900", "2 a 500"], { a: 500 }],
  ["an item taken away takes its weight with it", ["1 . 0", "2 a 500", "3 . 0", "4 a 500", "5 . 0"], {}],
  ["an item that comes back is weighed anew", ["1 . 0", "2 a 500", "3 . 0", "4 a 620"], { a: 620 }],
  ["others may go while it lies there", ["1 . 0", "2 a 500", "3 ab 820", "4 b 320"], { b: 320 }],
  ["the scale falling silent takes nothing back", ["1 . 0", "2 a 500", "3 a -"], { a: 500 }],
  ["a second item in the same phase makes it doubtful", ["1 . 0", "2 a 500", "2 ab 820"], {}],
];

describe("the weight of items on a tray", () => {
  it.each(cases)("%s", (_, looks, want) => {
    expect(weights(watch(...looks))).toEqual(want);
  });

  it("is less certain than one reading", () => {
    expect(watch("1 . 0", "2 a 500").items.get("a")?.deviation).toBeCloseTo(2.83, 2);
  });
});
