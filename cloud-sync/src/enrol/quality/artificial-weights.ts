import type { ArtificialFeatures } from "./artificial.js";

/** Written by `node scripts/dist/calibrate.js --write`: logistic regression over the features. */
export const artificialWeights: { readonly bias: number } & ArtificialFeatures = {
  bias: -18.417,
  flat: 0.34934,
  grain: 4.6574,
  oneColour: 8.6446,
  colours: 8.7617,
  rim: 12.699,
  ruled: 5.0188,
  pattern: 11.173,
  saturation: -0.30188,
};
