import type { Random } from "./random.js";
import { type Light, skinTones } from "./scene.js";
import type { Shopper } from "./script.js";

const sleeves = ["#2f4d7a", "#b23b3b", "#3b3f45", "#efece4", "#5c7a52", "#c98a2b", "#6b4a86"] as const;

export function randomShopper(random: Random): Shopper {
  return {
    tone: random.pick(skinTones),
    sleeve: random.pick(sleeves),
    side: random.pick(["below", "below", "below", "left", "right"] as const),
    handSize: random.int(250, 310),
    grip: random.pick(["1f590", "1faf3", "1faf3", "270b", "1f90f"] as const),
  };
}

/** A light that a shop has: lamps that are a little old, a window beside the lane, evening. */
export function randomLight(random: Random): Light {
  return {
    brightness: round(random.between(0.68, 1.1)),
    warmth: round(random.between(-0.7, 0.9)),
    from: random.int(0, 359),
    slope: round(random.between(0.04, 0.26)),
  };
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
