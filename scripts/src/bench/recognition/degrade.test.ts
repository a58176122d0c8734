import type { Picture } from "@tillsight/models";
import { describe, expect, it } from "vitest";
import { conditions, degraded } from "./degrade.js";

const side = 120;
const picture: Picture = {
  ...{ width: side, height: side },
  data: Uint8Array.from({ length: side * side * 3 }, (_, i) => 80 + ((i * 37) % 90)),
};
const changedShare = (after: Picture): number => {
  let changed = 0;
  for (let i = 0; i < after.data.length; i += 3) {
    const off = [0, 1, 2].some((c) => Math.abs((after.data[i + c] ?? 0) - (picture.data[i + c] ?? 0)) > 2);
    if (off) changed++;
  }
  return changed / (after.data.length / 3);
};
const mean = ({ data }: Picture): number => data.reduce((a, b) => a + b, 0) / data.length;
const named = (name: string) => {
  const found = conditions.find((c) => c.name === name);
  if (!found) throw new RangeError(name);
  return found;
};

describe("spoilt pictures", () => {
  it.each(conditions.map((c) => [c.name, c] as const))(
    "%s changes the picture, the same way each time",
    async (_, c) => {
      const [one, two] = [await degraded(picture, c, "a"), await degraded(picture, c, "a")];
      expect(one).toEqual(two);
      expect(one.data.length).toBe(one.width * one.height * 3);
      expect(one).not.toEqual(picture);
    },
  );

  it.each([10, 30, 50])("an occlusion of %i %% covers that much, from any side", async (percent) => {
    for (const key of ["a", "b", "c", "d"]) {
      const share = changedShare(await degraded(picture, named(`side covered ${percent} %`), key));
      // Where the cover has the colour of what it covers, it changes nothing.
      expect(share).toBeLessThan(percent / 100 + 0.02);
      expect(share).toBeGreaterThan(percent / 100 - 0.04);
    }
  });

  it("a cover over the middle hides the middle and its share", async () => {
    for (const key of ["a", "b", "c", "d"]) {
      const after = await degraded(picture, named("middle covered 30 %"), key);
      expect(Math.abs(changedShare(after) - 0.3)).toBeLessThan(0.05);
      const middle = (60 * side + 60) * 3;
      expect([...after.data.subarray(middle, middle + 3)]).not.toEqual([
        ...picture.data.subarray(middle, middle + 3),
      ]);
    }
  });

  it("half the light is half as bright, and scaling keeps the proportions", async () => {
    expect(mean(await degraded(picture, named("light x 0.5"), "a")) / mean(picture)).toBeCloseTo(0.5, 2);
    expect((await degraded(picture, named("scale 48 pixels across"), "a")).width).toBe(48);
  });
});
