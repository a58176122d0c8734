import { expect, it } from "vitest";
import { cutOut, whiteAround } from "./cut-out.js";

/** A dark ring on white with white inside, 20 x 20. */
const side = 20;
const isRing = (x: number, y: number) => {
  const far = Math.max(Math.abs(x - 9.5), Math.abs(y - 9.5));
  return far < 7 && far > 3;
};
const data = new Uint8Array(side * side * 3);
for (let i = 0; i < side * side; i++)
  data.fill(isRing(i % side, Math.floor(i / side)) ? 30 : 255, i * 3, i * 3 + 3);

it("only the white that reaches the edge is background", () => {
  const outside = whiteAround(data, side, side);
  expect([outside[0], outside[10 * side + 10], outside[3 * side + 10]]).toEqual([1, 0, 0]);
});

it("a cut-out is as large as its item, opaque inside and clear around", async () => {
  const { sprite } = await cutOut({ width: side, height: side, data });
  expect(Math.abs(sprite.width - 16)).toBeLessThanOrEqual(2);
  const alpha = (x: number, y: number) => sprite.data[(y * sprite.width + x) * 4 + 3];
  expect(alpha(Math.floor(sprite.width / 2), Math.floor(sprite.height / 2))).toBe(255);
  expect(alpha(0, 0)).toBe(0);
});
