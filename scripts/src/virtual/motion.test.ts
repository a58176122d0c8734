import type { Sku } from "@tillsight/contracts";
import { expect, test } from "vitest";
import { clearing, type Motion, motionOf, restingScene, type Stage } from "./motion.js";
import { type Scene, steadyLight } from "./scene.js";
import type { ScriptItem, Shopper, Step } from "./script.js";

const item = (id: string, x: number, y: number): ScriptItem => ({
  sku: "apple-red" as Sku,
  pose: { id, art: "1f34e", x, y, size: 130, turn: 0, shear: 0, squeeze: 1 },
  grossGrams: null,
});
const stage: Stage = { ground: "oak", light: steadyLight, table: [item("a", 300, 200), item("b", 800, 450)] };
const evening = { ...steadyLight, brightness: 0.7, warmth: 0.6 };

const steps: [string, Step][] = [
  ["bringing two things", { do: "bring", items: [item("c", 600, 150), item("d", 1000, 600)] }],
  ["taking one", { do: "take", id: "a" }],
  ["moving one", { do: "move", id: "a", x: 700, y: 300 }],
  ["turning one", { do: "turn", id: "b", by: 120 }],
  ["covering", { do: "cover", x: 500, y: 300, forMs: 1500 }],
  ["other light", { do: "light", to: evening, overMs: 900 }],
  ["waiting", { do: "wait", ms: 300 }],
];
const shopperFrom = (side: Shopper["side"]): Shopper => ({
  ...{ tone: "1f3fd", sleeve: "#333333", side, handSize: 280, grip: "1faf3" },
});
const seen = (scene: Scene): string[] => [...scene.items, ...scene.carried].map(({ id }) => id).sort();
const outside = ({ x, y }: { x: number; y: number }, half: number): boolean =>
  x < -half || y < -half || x > 1280 + half || y > 720 + half;

for (const side of ["below", "left", "right"] as const) {
  test.each(steps)(`%s with a hand from ${side} begins and ends with the resting tray`, (_name, step) => {
    const motion = motionOf(stage, step, shopperFrom(side));
    checkEnds(motion);
  });

  test(`clearing towards ${side} carries everything out of the picture`, () => {
    const motion = clearing(stage, shopperFrom(side));
    checkEnds(motion);
    const last = motion.at(motion.durationMs);
    expect(last.carried.every((pose) => outside(pose, pose.size / 2))).toBe(true);
    expect(motion.after.table).toEqual([]);
  });
}

function checkEnds(motion: Motion): void {
  const visible = (scene: Scene): string[] =>
    [...scene.items, ...scene.carried.filter((pose) => !outside(pose, pose.size / 2))]
      .map(({ id }) => id)
      .sort();
  const first = motion.at(0);
  const last = motion.at(motion.durationMs);
  expect(visible(first)).toEqual(seen(restingScene(stage)));
  expect(visible(last)).toEqual(seen(restingScene(motion.after)));
  for (const { hand } of [first, last]) if (hand) expect(outside(hand, hand.size / 2)).toBe(true);
  expect(last.light).toEqual(motion.after.light);
}

test("nothing is lost or doubled at any moment of a move", () => {
  const motion = motionOf(stage, { do: "move", id: "a", x: 700, y: 300 }, shopperFrom("below"));
  for (let elapsed = 0; elapsed <= motion.durationMs; elapsed += 20)
    expect(seen(motion.at(elapsed))).toEqual(["a", "b"]);
});

test("a hand that stops stays over its place for as long as it is told, trembling", () => {
  const motion = motionOf(stage, { do: "cover", x: 500, y: 300, forMs: 1500 }, shopperFrom("below"));
  const places = [800, 1400, 2100].map((elapsed) => motion.at(elapsed).hand);
  for (const hand of places) expect(Math.hypot((hand?.x ?? 0) - 500, (hand?.y ?? 0) - 300)).toBeLessThan(4);
});

test("a script that takes what is not there is refused", () => {
  expect(() => motionOf(stage, { do: "take", id: "z" }, shopperFrom("left"))).toThrow(
    /z, which does not lie/,
  );
});
