import { type ArtificialFeatures, artificialFeatures } from "./artificial.js";
import { artificialWeights } from "./artificial-weights.js";

/** How likely a picture is a screenshot, print or rendering rather than a photo: 0..1, calibrated on such pictures. */
export function artificialLikelihood(
  features: ArtificialFeatures,
  weights: typeof artificialWeights = artificialWeights,
): number {
  const sum = artificialFeatures.reduce((z, name) => z + weights[name] * features[name], weights.bias);
  return 1 / (1 + Math.exp(-sum));
}
