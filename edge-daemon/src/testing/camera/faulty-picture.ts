import type { Picture } from "@tillsight/models";

/** What a sensor adds to every pixel, so that no two pictures are alike: uniform noise of -amount to +amount. */
export function withNoise(picture: Picture, amount: number, seed: number): Picture {
  if (amount <= 0) return picture;
  const data = new Uint8Array(picture.data.length);
  // xorshift32: one draw serves four channels.
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  const span = 2 * amount + 1;
  for (let at = 0; at < data.length; at++) {
    if (at % 4 === 0) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
    }
    const draw = ((state >>> ((at % 4) * 8)) & 0xff) % span;
    data[at] = Math.max(0, Math.min(255, (picture.data[at] ?? 0) + draw - amount));
  }
  return { ...picture, data };
}

/** No light at all. */
export function blackPicture({ width, height }: Picture): Picture {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

/** Something right on the lens: some light comes through, unevenly, and there is nothing to see. */
export function coveredPicture({ width, height }: Picture): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const glow = 6 * Math.sin((Math.PI * x) / width) * Math.sin((Math.PI * y) / height);
      data.set([62 + glow, 48 + glow, 44 + glow], (y * width + x) * 3);
    }
  }
  return { width, height, data };
}
