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

  it("is the large one in the middle, although it is doubted and a small thing at the edge is not", () => {
    const middle = at(400, 300, 300, 0.32, true);
    expect(mainSubject(picture, [at(70, 70, 80, 0.68), middle])).toBe(middle);
  });

  it("is no large box that is far less likely than another", () => {
    const sure = at(200, 200, 90, 0.5);
    expect(mainSubject(picture, [at(400, 300, 400, 0.19, true), sure])).toBe(sure);
  });

  it("is a likely one of the doubtful where nothing is sure", () => {
    const likeliest = at(400, 300, 120, 0.3, true);
    expect(mainSubject(picture, [at(300, 300, 300, 0.11, true), likeliest])).toBe(likeliest);
  });

  /** Boxes side by side over so much of the photo's width. */
  const shelf = (share: number): Detection[] =>
    Array.from({ length: 4 * Math.round(share * 6) }, (_, i) =>
      at(70 + 130 * Math.floor(i / 4), 75 + 150 * (i % 4), 130, 0.3, true),
    );

  it("is not one of many boxes where the photo is of a shelf or a crate", () => {
    expect(mainSubject(picture, [at(400, 300, 180, 0.7), ...shelf(1)])).toBeUndefined();
  });

  it("is one of a few goods that lie on a ground", () => {
    const middle = at(400, 300, 120, 0.7);
    const around = [at(120, 120, 110, 0.8), at(650, 140, 100, 0.6), at(600, 480, 120, 0.5, true)];
    expect(mainSubject(picture, [middle, ...around])).toBe(middle);
  });

  it("may fill the photo, with its own label and lid seen apart", () => {
    const large = at(400, 300, 560, 0.6);
    expect(mainSubject(picture, [large, at(400, 200, 250, 0.4), at(420, 420, 200, 0.2, true)])).toBe(large);
  });

  it("is not known where nothing was seen at all", () => {
    expect(mainSubject(picture, [])).toBeUndefined();
  });
});
