import { defaultPrices } from "@tillsight/edge-daemon";
import { linePlot } from "../../bench/recognition/plot.js";
import { table } from "../../bench/recognition/section.js";
import { type Calibrated, FALSE_ACCEPTS } from "./calibrate.js";
import { correctAt, type Judged, type OperatingPoint, operatingPoint, reliability } from "./measure.js";

const percent = (share: number): string => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : "–");

const poolsOf = (judged: readonly Judged[]): string[] => [...new Set(judged.map(({ asked }) => asked.pool))];
const few = ({ asked }: Judged): boolean => asked.references < 3;

/** Share that the eye can compare with; a few in a thousand are few even of many items. */
const LOOSE = 0.02;
const atBoth = (judged: readonly Judged[]): string =>
  [FALSE_ACCEPTS, LOOSE].map((limit) => percent(correctAt(judged, limit))).join(" / ");

/** What each step brings, at the same share of false accepts. */
function stepsTable({ steps, byThresholds }: Calibrated): string {
  const pools = poolsOf(byThresholds);
  const cells = (judged: readonly Judged[]) =>
    pools.flatMap((pool) => {
      const own = judged.filter(({ asked }) => asked.pool === pool);
      return [own.filter(few), own.filter((j) => !few(j))].map((part) => atBoth(part));
    });
  return table(
    [
      "decided by",
      "log loss",
      "calibration error",
      "all",
      ...pools.flatMap((p) => [`${p}, 1 reference`, "3 to 10"]),
    ],
    [
      ["cosine of the nearest reference", "–", "–", atBoth(byThresholds), ...cells(byThresholds)],
      ...steps.map(({ name, loss, error, judged }) => [
        ...[name, loss.toFixed(3), error.toFixed(3), atBoth(judged)],
        ...cells(judged),
      ]),
    ],
  );
}

const pointNames: readonly (readonly [keyof OperatingPoint, string])[] = [
  ["falseAccepts", "false accepts"],
  ["correctAccepts", "correct accepts"],
  ["wrongAccepts", "accepted as another"],
  ["asked", "asked"],
  ["askedWithTruth", "asked: truth among the candidates"],
  ["strangersAsked", "outside the catalog, asked"],
];

const pointRow = (name: string, judged: readonly Judged[]): string[] => {
  const point = operatingPoint(judged);
  return [name, ...pointNames.map(([key]) => percent(point[key]))];
};

function pointsTable({ judged, byThresholds }: Calibrated): string {
  const rows = [
    pointRow("thresholds alone, all", byThresholds),
    pointRow("**probabilities and prices, all**", judged),
    ...poolsOf(judged).map((pool) =>
      pointRow(
        pool,
        judged.filter(({ asked }) => asked.pool === pool),
      ),
    ),
  ];
  return table(["", ...pointNames.map(([, name]) => name)], rows);
}

const pricesTable = ({ prices }: Calibrated): string =>
  table(
    ["a wrong line costs as much as", ...pointNames.map(([, name]) => name)],
    prices.map(({ wrongLine, judged }) => pointRow(`${wrongLine} questions`, judged)),
  );

export function reliabilityPlot({ steps }: Calibrated): string {
  const bins = reliability(steps.at(-1)?.judged ?? [], 0.5);
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return linePlot({
    title: "Probability that was said against share that was right",
    x: { label: "said", from: 0, to: 1, ticks },
    y: { label: "right", from: 0, to: 1, ticks },
    series: [
      {
        name: "as it should be",
        style: "dashed",
        points: [
          [0, 0],
          [1, 1],
        ],
      },
      {
        name: "measured, classes left out of the fit",
        points: bins.map(({ said, was }) => [said, was] as const),
      },
    ],
  });
}

/** What the command measured, for `docs/recognition-decision.md`. */
export function measuredText(calibrated: Calibrated): string {
  const { metrics } = calibrated.calibration.fit;
  return [
    `Every figure is of classes that training never saw and that the fit left out: classes are parted in three, each part is judged by what was fitted on the other two. ${metrics.items} items; catalogs drawn by chance with 1, 3, 5 and 10 references a product and a third of the products left out.`,
    "### What each step brings",
    `Goods in the catalog accepted as what they are, at ${percent(FALSE_ACCEPTS)} and at ${percent(LOOSE)} false accepts (goods outside the catalog accepted as something). Log loss and calibration error (mean distance between the probability said and the share that was right) with as many goods outside the catalog as in it.`,
    stepsTable(calibrated),
    "![Probability said against share that was right](images/recognition-decision.svg)",
    "### Operating point",
    `At the default prices (wrong line ${defaultPrices.wrongLine}, question ${defaultPrices.question}, search ${defaultPrices.search}, strangers ${defaultPrices.strangers}), 1 to 10 references a product:`,
    pointsTable(calibrated),
    "### What the price of a wrong line does",
    pricesTable(calibrated),
  ].join("\n\n");
}
