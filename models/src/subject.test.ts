import { describe, expect, it } from "vitest";
import type { Detection } from "./networks.js";
import { mainSubject } from "./subject.js";

const picture = { width: 800, height: 600 };
const at = (x: number, y: number, side: number, score: number, doubtful?: true): Detection => ({
  box: { x: x - side / 2, y: y - side / 2, w: side, h: side },
  score,
  ...(doubtful && { doubtful }),
});

describe("the item that a photo is of", () => {
  it("is the large one in the middle, not the surer one at the edge", () => {
    const middle = at(410, 300, 160, 0.6);
    expect(mainSubject(picture, [at(60, 60, 100, 0.95), middle])).toBe(middle);
  });

  it("is never a doubtful one while there is a sure one", () => {
    const sure = at(200, 200, 90, 0.5);
    expect(mainSubject(picture, [at(400, 300, 400, 0.36, true), sure])).toBe(sure);
  });

  it("is the likeliest of the doubtful ones where nothing is sure", () => {
    const likeliest = at(400, 300, 120, 0.3, true);
    expect(mainSubject(picture, [at(300, 300, 300, 0.16, true), likeliest])).toBe(likeliest);
  });

  it("is not known where nothing was seen at all", () => {
    expect(mainSubject(picture, [])).toBeUndefined();
  });
});
