import { defaultPrices, type Prices } from "@tillsight/edge-daemon";
import type { DecisionCalibration } from "@tillsight/models";
import { type Choice, logLoss } from "./choice.js";
import { calibrationOf, choicesOf, type Feature, type Fitted, featureNames, fitAsked } from "./fit.js";
import {
  calibrationError,
  correctAt,
  type Judged,
  judge,
  judgeByThresholds,
  operatingPoint,
  reliability,
} from "./measure.js";
import { type Asked, PARTS } from "./rounds.js";

export const FALSE_ACCEPTS = 0.005;
export const ASKED_WITH_TRUTH = 0.98;

/**
 * Frames of one still item show it from the same side in the same light: their errors repeat each other, only the
 * camera's noise does not. Twelve frames then weigh as 1.2; what another side says is told by the tray's next move.
 */
const FRAME_CORRELATION = 0.8;
const MASSES = [0.95, 0.98, 0.99, 0.995];
const LEASTS = [0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98];
/** As many choices settle six weights; more only take time. */
const FITTED = 15_000;

/** What each step of the model brings, in the order in which it was built up. */
export const steps: readonly (readonly [name: string, used: readonly Feature[]])[] = [
  ["nearest reference alone", ["nearest"]],
  ["and the mean of the nearest three", ["nearest", "support"]],
  ["and how alike the product's own references are", ["nearest", "support", "kin", "single"]],
  ["and how near another product is, instead", ["nearest", "support", "crowd"]],
  ["all together", featureNames],
];

/** Every nth, so that few enough are left; each pool keeps its share. */
function thinned(asked: readonly Asked[]): readonly Asked[] {
  const each = Math.ceil(asked.length / FITTED);
  return asked.filter((_, i) => i % each === 0);
}

/** Of each part, what was fitted on the other parts. */
function fitParts(asked: readonly Asked[], used: readonly Feature[]): Fitted[] {
  return Array.from({ length: PARTS }, (_, part) =>
    fitAsked(thinned(asked.filter((a) => a.part !== part)), used),
  );
}

type Candidates = DecisionCalibration["candidates"];
const unfitted = { frameCorrelation: FRAME_CORRELATION, fit: { command: "-", metrics: {} } };

/** Every item, decided by what was fitted without its class. */
function judgeAll(
  asked: readonly Asked[],
  fitted: readonly Fitted[],
  prices: Prices,
  candidates: Candidates,
): Judged[] {
  const rules = fitted.map((one) => ({
    ...{ match: 1, ambiguous: 1, margin: 0, prices },
    calibration: calibrationOf(one, { ...unfitted, candidates }),
  }));
  return asked.flatMap((one) => {
    const rule = rules[one.part];
    return rule ? [judge(one, rule)] : [];
  });
}

/** The pair with which most questions are asked of those with which they hold the truth often enough. */
function chooseCandidates(asked: readonly Asked[], fitted: readonly Fitted[]): Candidates {
  const sample = thinned(asked);
  const tried = MASSES.flatMap((mass) =>
    LEASTS.map((least) => {
      const point = operatingPoint(judgeAll(sample, fitted, defaultPrices, { mass, least }));
      return { mass, least, ...point };
    }),
  );
  const good = tried.filter((t) => t.askedWithTruth >= ASKED_WITH_TRUTH);
  const [best] = (good.length > 0 ? good : tried).sort((a, b) =>
    good.length > 0 ? b.asked - a.asked : b.askedWithTruth - a.askedWithTruth,
  );
  return { mass: best?.mass ?? 0.98, least: best?.least ?? 0.9 };
}

/** One step of the model, on classes that it was not fitted to. */
export interface StepMeasured {
  readonly name: string;
  /** Mean negative logarithm of the probability given to what was true. */
  readonly loss: number;
  readonly error: number;
  readonly judged: readonly Judged[];
}

const even: Prices = { ...defaultPrices, strangers: 0.5 };

function measureStep(asked: readonly Asked[], [name, used]: (typeof steps)[number]): StepMeasured {
  const fitted = fitParts(asked, used);
  const judged = judgeAll(asked, fitted, even, { mass: ASKED_WITH_TRUTH, least: 0.9 });
  const losses = fitted.map(({ weights, spans }, part): number => {
    const held: Choice[] = choicesOf(
      asked.filter((a) => a.part === part),
      spans,
    );
    return logLoss(weights, held);
  });
  const loss = losses.reduce((a, b) => a + b, 0) / losses.length;
  return { name, loss, error: calibrationError(reliability(judged, even.strangers)), judged };
}

export interface Calibrated {
  readonly calibration: DecisionCalibration;
  readonly steps: readonly StepMeasured[];
  /** At the settings' default prices, and by the thresholds alone. */
  readonly judged: readonly Judged[];
  readonly byThresholds: readonly Judged[];
  /** The same items at other prices of a wrong line. */
  readonly prices: readonly { readonly wrongLine: number; readonly judged: readonly Judged[] }[];
}

/** Fits on everything for the manifest, and measures on classes that were left out of the fit, part by part. */
export function calibrate(asked: readonly Asked[], command: string, say: (text: string) => void): Calibrated {
  const measured = steps.map((step) => {
    say(`fitting: ${step[0]}`);
    return measureStep(asked, step);
  });
  const fitted = fitParts(asked, featureNames);
  const candidates = chooseCandidates(asked, fitted);
  say(`candidates: ${JSON.stringify(candidates)}`);
  const at = (prices: Prices) => judgeAll(asked, fitted, prices, candidates);
  const judged = at(defaultPrices);
  const point = operatingPoint(judged);
  const metrics = {
    ...{
      items: asked.length,
      logLoss: measured.at(-1)?.loss ?? 0,
      calibrationError: measured.at(-1)?.error ?? 0,
    },
    ...point,
    correctAtHalfPercent: correctAt(judged, FALSE_ACCEPTS),
  };
  const fit = {
    command,
    metrics: Object.fromEntries(Object.entries(metrics).map(([k, v]) => [k, Number(v.toFixed(4))])),
  };
  const calibration = calibrationOf(fitAsked(thinned(asked)), { ...unfitted, candidates, fit });
  return {
    ...{ calibration, steps: measured, judged },
    byThresholds: asked.map((one) => judgeByThresholds(one)),
    prices: [10, 25, 50, 100, 250].map((wrongLine) => ({
      wrongLine,
      judged: at({ ...defaultPrices, wrongLine }),
    })),
  };
}
