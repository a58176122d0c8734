import type { ArtificialFeatures } from "./artificial.js";

/** Written by `node scripts/dist/calibrate.js --write`: logistic regression, see docs/headquarters.md. */
export const artificialWeights: { readonly bias: number } & ArtificialFeatures = {
  bias: 0,
  ...{ flat: 0, grain: 0, oneColour: 0, colours: 0 },
  ...{ rim: 0, ruled: 0, pattern: 0, saturation: 0 },
};
