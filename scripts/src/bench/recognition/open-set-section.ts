import { percent, percentSpread, spreadOf } from "./draws.js";
import type { OpenSetDraw, Setting } from "./open-set.js";
import { acceptCurve, bestWithin, type CurvePoint, type Rates, ratesOf } from "./open-set-rates.js";
import { linePlot } from "./plot.js";
import { type PageSection, table } from "./section.js";

const FALSE_ACCEPTS = 0.005;
const CORRECT_ACCEPTS = 0.85;
const ASKED_WITH_TRUTH = 0.98;
/** The left end of the curve's logarithmic axis: less than one false accept in all draws. */
const LEAST = 0.0005;

const pooled = (draws: readonly OpenSetDraw[]) => draws.flatMap(({ outcomes }) => outcomes);

function row(name: string, draws: readonly OpenSetDraw[]): string[] {
  const rates = draws.map(({ outcomes }) => ratesOf(outcomes));
  const of = (key: keyof Rates) => percentSpread(spreadOf(rates.map((r) => r[key])));
  const best = bestWithin(acceptCurve(pooled(draws)), FALSE_ACCEPTS);
  return [
    name,
    ...(
      ["falseAccepts", "correctAccepts", "wrongAccepts", "asked", "askedWithTruth", "unknown"] as const
    ).map(of),
    percent(best?.correctAccepts ?? 0),
  ];
}

function rowsOf(draws: readonly OpenSetDraw[], setting: Setting): string[][] {
  const own = draws.filter((d) => d.setting === setting);
  const names = [...new Set(own.map(({ embedder }) => embedder))];
  const each = names.map((name) =>
    row(
      name,
      own.filter(({ embedder }) => embedder === name),
    ),
  );
  return names.length > 1 ? [...each, row("**all folds**", own)] : each;
}

/** Few enough points for a small file; the shape stays. */
function thin(curve: readonly CurvePoint[]): [number, number][] {
  const points: [number, number][] = [];
  for (const { falseAccepts, correctAccepts } of curve) {
    const x = Math.max(LEAST, falseAccepts);
    const last = points.at(-1);
    if (!last || x >= last[0] * 1.06) points.push([x, correctAccepts]);
  }
  return points;
}

function curvePlot(draws: readonly OpenSetDraw[]): string {
  const curve = (setting: Setting) => ({
    name: setting === "among all" ? "among all classes" : "unseen classes only",
    points: thin(acceptCurve(pooled(draws.filter((d) => d.setting === setting)))),
  });
  const at = ratesOf(pooled(draws.filter((d) => d.setting === "unseen only")));
  return linePlot({
    title: "Goods outside the catalog accepted against goods in it accepted rightly",
    x: {
      ...{ label: "false accepts (logarithmic)", from: LEAST, to: 1, log: true },
      ...{ ticks: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1], format: percentTick },
    },
    y: { label: "correct accepts", from: 0, to: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1], format: percentTick },
    series: [
      curve("unseen only"),
      curve("among all"),
      { name: "calibrated thresholds", style: "dots", points: [[at.falseAccepts, at.correctAccepts]] },
    ],
  });
}

const percentTick = (v: number): string => `${Number((100 * v).toPrecision(3))} %`;

const head = [
  "network",
  "false accepts",
  "correct accepts",
  "accepted as another",
  "asked",
  "asked: truth among the candidates",
  "not known",
  "correct accepts that one threshold on the best product's probability could reach at 0.5 % false accepts",
];

export function openSetSection(draws: readonly OpenSetDraw[]): PageSection {
  const rates = ratesOf(pooled(draws.filter((d) => d.setting === "unseen only")));
  const { falseAccepts, correctAccepts, askedWithTruth } = rates;
  const of = new Set(draws.map(({ embedder }) => embedder)).size;
  return {
    ...{ name: "open-set", title: "Goods that are not in the catalog" },
    targets: [
      {
        what: "goods outside the catalog accepted as something",
        target: "<= 0.5 %",
        measured: percent(falseAccepts),
        met: falseAccepts <= FALSE_ACCEPTS,
      },
      {
        what: "goods in the catalog accepted as what they are, at the same thresholds",
        target: ">= 85 %",
        measured: percent(correctAccepts),
        met: correctAccepts >= CORRECT_ACCEPTS,
      },
      {
        what: "questions whose two to four candidates hold the truth",
        target: ">= 98 %",
        measured: percent(askedWithTruth),
        met: askedWithTruth >= ASKED_WITH_TRUTH,
      },
    ],
    text: [
      `A third of the products is left out of the catalog by chance, the others have five references each; every other photo is then shown to the lane's own index and decision, at the thresholds of the network's manifest. Mean ± standard deviation over ${draws.length / of / 2} draws, ${of} network${of === 1 ? "" : "s"}. Only classes that the network's training never saw are asked about. A wrong line costs far more than a question: read *false accepts* and *accepted as another* first. The manifest's calibration was fitted on pictures of the same classes, so these figures are of its own ground: [recognition-decision.md](recognition-decision.md) shows what holds for classes that it was fitted without.`,
      "Catalog of the unseen classes only:",
      table(head, rowsOf(draws, "unseen only")),
      "Catalog of all classes, seen and unseen (a third of all left out; only unseen classes are asked about):",
      table(head, rowsOf(draws, "among all")),
    ].join("\n\n"),
    plots: [
      {
        file: "recognition-open-set.svg",
        alt: "False accepts against correct accepts, for a threshold on the best score",
        svg: curvePlot(draws),
      },
    ],
  };
}
