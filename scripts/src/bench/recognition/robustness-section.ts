import { conditions } from "./degrade.js";
import { percent, spreadOf } from "./draws.js";
import { linePlot, type Series } from "./plot.js";
import type { RobustnessResult } from "./robustness.js";
import { type PageSection, type Target, table } from "./section.js";

const MOST_LOST = 0.05;

/** Recall and what is lost against clean photos; shares 0..1, means over folds and draws. */
interface Loss {
  readonly recall: number;
  readonly lost: number;
  readonly deviation: number;
}

function lossOf(results: readonly RobustnessResult[], condition: string): Loss | undefined {
  const own = results.filter((r) => r.condition === condition);
  if (own.length === 0) return undefined;
  // The same references and photos, clean and spoilt: the difference is taken draw by draw.
  const lost = own.flatMap((r) => {
    const clean = results.find((c) => c.condition === "clean" && c.fold === r.fold);
    return r.recalls.map((recall, i) => (clean?.recalls[i] ?? Number.NaN) - recall);
  });
  const { mean, deviation } = spreadOf(lost);
  return { recall: spreadOf(own.flatMap((r) => r.recalls)).mean, lost: mean, deviation };
}

const points = (share: number): string => `${(100 * share).toFixed(1)}`;

function lossPlot(results: readonly RobustnessResult[]): string {
  const line = (group: string, name: string, x: (amount: number) => number): Series => ({
    name,
    points: conditions
      .filter((c) => c.group === group)
      .map((c) => [x(c.amount), 100 * (lossOf(results, c.name)?.lost ?? Number.NaN)] as [number, number])
      .sort((a, b) => a[0] - b[0]),
  });
  return linePlot({
    title: "Points of recall@1 lost",
    x: {
      label: "share covered, degrees turned / 360, light taken away or added",
      from: 0,
      to: 0.8,
      ticks: [0, 0.2, 0.4, 0.6, 0.8],
    },
    y: { label: "points lost", from: -5, to: 40, ticks: [0, 5, 10, 20, 30, 40] },
    series: [
      line("side covered", "one side covered", (n) => n / 100),
      line("middle covered", "the middle covered", (n) => n / 100),
      line("rotation", "rotation / 360°", (n) => n / 360),
      line("light x", "light: |1 - factor|", (n) => Math.abs(1 - n)),
    ],
  });
}

export function robustnessSection(
  ours: readonly RobustnessResult[],
  reference: readonly RobustnessResult[],
): PageSection {
  const clean = lossOf(ours, "clean");
  const rows = conditions.map(({ name }) => {
    const [own, rival] = [lossOf(ours, name), lossOf(reference, name)];
    return [
      name,
      own ? percent(own.recall) : "–",
      own ? `${points(own.lost)} ± ${points(own.deviation)}` : "–",
      rival ? `${points(rival.lost)} (of ${percent(lossOf(reference, "clean")?.recall ?? Number.NaN)})` : "–",
    ];
  });
  const target = (name: string, what: string): Target => {
    const lost = lossOf(ours, name)?.lost;
    const measured = lost === undefined ? "–" : `${points(lost)} points`;
    return {
      ...{ what: `recall@1 lost: ${what}`, target: "<= 5 points", measured },
      met: lost === undefined ? undefined : lost <= MOST_LOST,
    };
  };
  const photos = new Map(ours.map((r) => [r.fold, r.photos]));
  return {
    ...{ name: "robustness", title: "Spoilt pictures" },
    targets: [
      target("side covered 30 %", "30 % covered from one side"),
      target("middle covered 30 %", "30 % covered in the middle, where the item is"),
      target("light x 0.5", "half the light"),
      target("rotation 180°", "turned by 180°"),
    ],
    text: [
      `recall@1 of classes that training never saw, among themselves, five clean references each; ${[...photos.values()].reduce((a, b) => a + b, 0)} photos are asked about clean (${percent(clean?.recall ?? Number.NaN)}) and spoilt in each way. Mean ± standard deviation of the points lost over networks and draws. Light is multiplied after the camera, so what was black stays black and what becomes white is lost; covers hide their share of the picture, from one side or over its middle; turning fills the corners with grey.`,
      table(["condition", "recall@1", "points lost", "points MobileNetV2 loses"], rows),
    ].join("\n\n"),
    plots: [
      {
        file: "recognition-robustness.svg",
        alt: "Points of recall lost to occlusion, rotation and light",
        svg: lossPlot(ours),
      },
    ],
  };
}
