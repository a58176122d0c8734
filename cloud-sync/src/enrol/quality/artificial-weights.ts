import type { ArtificialFeatures } from "./artificial.js";

/** Written by `node scripts/dist/calibrate.js --write`: logistic regression over the features. */
export const artificialWeights: { readonly bias: number } & ArtificialFeatures = {
  bias: -19.209,
  flat: 0.59842,
  grain: 4.108,
  oneColour: 8.3401,
  colours: 8.8015,
  rim: 12.746,
  ruled: 5.4995,
  pattern: 10.73,
  saturation: 2.0551,
};
