import { defaultPrices, type Prices } from "@tillsight/edge-daemon";
import type { DecisionCalibration } from "@tillsight/models";
import type { BenchContext } from "../../bench/recognition/context.js";
import { logLoss } from "./choice.js";
import { calibrationOf, choicesOf, type Feature, featureNames, fitAsked } from "./fit.js";
import { calibrationError, correctAt, type Judged, judge, operatingPoint, reliability } from "./measure.js";
import { type Asked, PARTS } from "./rounds.js";

const percent = (x: number) => (Number.isFinite(x) ? `${(100 * x).toFixed(1)} %` : "–");
const noFit = { command: "-", metrics: {} };
const FRAME_CORRELATION = 0.8;

function outOfPart(
  asked: readonly Asked[],
  used: readonly Feature[],
  prices: Prices,
  candidates: DecisionCalibration["candidates"],
): { judged: Judged[]; loss: number } {
  const judged: Judged[] = [];
  let loss = 0;
  for (let part = 0; part < PARTS; part++) {
    const fitted = fitAsked(
      asked.filter((a) => a.part !== part),
      used,
    );
    const held = asked.filter((a) => a.part === part);
    loss += logLoss(fitted.weights, choicesOf(held, fitted.spans)) / PARTS;
    const calibration = calibrationOf(fitted, {
      candidates,
      frameCorrelation: FRAME_CORRELATION,
      fit: noFit,
    });
    const rule = { match: 1, ambiguous: 0, margin: 0, calibration, prices };
    judged.push(...held.map((one) => judge(one, rule)));
  }
  return { judged, loss };
}

export async function calibrate(
  context: BenchContext,
  asked: readonly Asked[],
  o: { command: string; write: boolean },
): Promise<string> {
  const out: string[] = [];
  const pools = [...new Set(asked.map((a) => a.pool))];
  const ideas: [string, readonly Feature[]][] = [
    ["nearest", ["nearest"]],
    ["+support", ["nearest", "support"]],
    ["+kin", ["nearest", "support", "kin", "single"]],
    ["+crowd", ["nearest", "support", "single", "crowd"]],
    ["all", featureNames],
  ];
  const candidates = { mass: 0.98, least: 0.9 };
  for (const [name, used] of ideas) {
    const { judged, loss } = outOfPart(asked, used, { ...defaultPrices, strangers: 0.5 }, candidates);
    const row = pools.map((p) =>
      [1, 5, 10]
        .map((r) =>
          percent(
            correctAt(
              judged.filter(
                (j) =>
                  j.asked.pool === p && (j.asked.references === r || (r === 5 && j.asked.references === 3)),
              ),
              0.005,
            ),
          ),
        )
        .join(" "),
    );
    out.push(
      `${name} loss ${loss.toFixed(4)} ece ${calibrationError(reliability(judged, 0.5)).toFixed(4)} | ${percent(correctAt(judged, 0.005))} | ${row.join(" | ")}`,
    );
  }
  for (const wrongLine of [20, 50, 100, 200, 500, 1000])
    for (const strangers of [0.1, 0.2, 0.33]) {
      const { judged } = outOfPart(
        asked,
        featureNames,
        { ...defaultPrices, wrongLine, strangers },
        candidates,
      );
      const p = operatingPoint(judged);
      out.push(
        `${wrongLine} ${strangers} FA ${percent(p.falseAccepts)} CA ${percent(p.correctAccepts)} WA ${percent(p.wrongAccepts)} asked ${percent(p.asked)} truth ${percent(p.askedWithTruth)} strangersAsked ${percent(p.strangersAsked)}`,
      );
    }
  for (const mass of [0.95, 0.98, 0.99, 0.995, 0.999])
    for (const least of [0, 0.8, 0.9, 0.95, 0.98]) {
      const { judged } = outOfPart(asked, featureNames, defaultPrices, { mass, least });
      const p = operatingPoint(judged);
      out.push(`mass ${mass} least ${least} asked ${percent(p.asked)} truth ${percent(p.askedWithTruth)}`);
    }
  const all = fitAsked(asked);
  out.push(
    JSON.stringify(calibrationOf(all, { candidates, frameCorrelation: FRAME_CORRELATION, fit: noFit })),
  );
  return out.join("\n");
}
