import type { DecisionCalibration } from "@tillsight/models";

/** A calibration of the shape that ships, for tests. */
export const calibration: DecisionCalibration = {
  version: 1,
  weights: { bias: -3.7, nearest: 2.7, support: 3.1, kin: -1.9, single: -3.4, crowd: -1.5 },
  kin: { low: 0.5, usual: 0.85, high: 0.97 },
  crowd: { low: 0.3, usual: 0.7, high: 0.95 },
  strangers: 0.5,
  frameCorrelation: 0.8,
  candidates: { mass: 0.98, least: 0.9 },
  fit: { command: "test", metrics: {} },
};
