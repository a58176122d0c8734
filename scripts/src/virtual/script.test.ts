import type { Sku } from "@tillsight/contracts";
import { expect, test } from "vitest";
import { steadyLight } from "./scene.js";
import {
  applyStep,
  expectedLines,
  type ScriptItem,
  type Step,
  type Table,
  type TrayScript,
} from "./script.js";

const item = (id: string, sku: string, grossGrams: number | null = null): ScriptItem => ({
  sku: sku as Sku,
  pose: { id, art: "1f34e", x: 200, y: 200, size: 130, turn: 350, shear: 0, squeeze: 1 },
  grossGrams,
});
const brought: Step = { do: "bring", items: [item("a", "apple"), item("b", "bread"), item("c", "apple")] };
const ids = (table: Table): string => table.map(({ pose }) => pose.id).join(" ");

test.each([
  ["what is brought lies on top", { do: "bring", items: [item("d", "milk")] }, "a b c d"],
  ["what is taken is gone", { do: "take", id: "b" }, "a c"],
  ["what is moved lies on top", { do: "move", id: "a", x: 500, y: 300 }, "b c a"],
  ["what is turned lies on top", { do: "turn", id: "b", by: 90 }, "a c b"],
  ["a hand that covers changes nothing", { do: "cover", x: 1, y: 1, forMs: 100 }, "a b c"],
  ["other light changes nothing", { do: "light", to: steadyLight, overMs: 1 }, "a b c"],
] as [string, Step, string][])("%s", (_name, step, want) => {
  expect(ids(applyStep(applyStep([], brought), step))).toBe(want);
});

test("a thing keeps its turn between 0 and 360 degrees and goes where it is moved", () => {
  const moved = applyStep(applyStep([], brought), { do: "move", id: "a", x: 500, y: 300 });
  const turned = applyStep(moved, { do: "turn", id: "a", by: 30 });
  expect(turned.at(-1)?.pose).toMatchObject({ id: "a", x: 500, y: 300, turn: 20 });
});

test("the till expects pieces counted by SKU and each weighed thing by itself", () => {
  const steps: Step[] = [
    brought,
    { do: "bring", items: [item("d", "bananas", 900), item("e", "bananas", 400), item("f", "milk")] },
    { do: "take", id: "f" },
  ];
  expect(expectedLines({ steps } as unknown as TrayScript)).toEqual([
    { sku: "apple", quantity: 2, grossGrams: null },
    { sku: "bananas", quantity: 1, grossGrams: 400 },
    { sku: "bananas", quantity: 1, grossGrams: 900 },
    { sku: "bread", quantity: 1, grossGrams: null },
  ]);
});
