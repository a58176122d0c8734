import { percent, percentSpread, type Spread, spreadOf } from "./draws.js";
import type { PhotoSet } from "./photos.js";
import { linePlot, type Series } from "./plot.js";
import {
  type CatalogKind,
  catalogs,
  type Group,
  groups,
  type Hits,
  type ReferenceKind,
  type RetrievalDraw,
  referenceKinds,
} from "./retrieval.js";
import { type PageSection, type Target, table } from "./section.js";

const RECALL = 0.9;
const LEAD = 0.12;
const WORST = 12;

type Measure = (hits: Hits) => number;
const first: Measure = (h) => h.first / h.asked;
const firstThree: Measure = (h) => h.firstThree / h.asked;
const coarse: Measure = (h) => h.coarse / h.asked;

/** Draws of our own networks, or of the reference network that is asked about the same classes. */
export interface Compared {
  readonly ours: readonly RetrievalDraw[];
  readonly reference: readonly RetrievalDraw[];
}

interface Choice {
  readonly catalog: CatalogKind;
  readonly references: ReferenceKind;
  readonly group: Group;
}

function spread(draws: readonly RetrievalDraw[], choice: Choice, measure: Measure): Spread {
  const fitting = draws.filter((d) => d.catalog === choice.catalog && d.references === choice.references);
  return spreadOf(fitting.map((d) => measure(d.hits[choice.group])));
}

function recallTable({ ours, reference }: Compared, measure: Measure, shown: readonly Group[]): string {
  const networks = [
    ["ours", ours],
    ["MobileNetV2", reference],
  ] as const;
  const rows = catalogs.flatMap((catalog) =>
    networks.flatMap(([name, draws]) =>
      // The reference network has seen none of these classes: for it the third catalog is no other case.
      name === "MobileNetV2" && catalog === "seen, among all"
        ? []
        : shown.map((group) => [
            ...[catalog, name, group],
            ...referenceKinds.map((references) =>
              percentSpread(spread(draws, { catalog, references, group }, measure)),
            ),
          ]),
    ),
  );
  return table(
    ["classes asked about", "network", "goods", "1 reference", "5", "10", "catalogue picture alone"],
    rows,
  );
}

function foldTable(ours: readonly RetrievalDraw[]): string {
  const folds = [...new Set(ours.map(({ fold }) => fold))];
  const rows = folds.map((fold) => {
    const own = ours.filter((d) => d.fold === fold);
    const of = (group: Group, catalog: CatalogKind) =>
      percentSpread(spread(own, { catalog, references: "5", group }, first));
    return [fold, ...groups.map((g) => of(g, "unseen, among themselves")), of("all", "unseen, among all")];
  });
  return table(["network", ...groups.map((g) => `${g}, among themselves`), "all, among all classes"], rows);
}

function confusionTable(ours: readonly RetrievalDraw[], set: PhotoSet): string {
  const asked = ours.filter((d) => d.catalog === "unseen, among all" && d.references === "5");
  const counts = new Map<string, number>();
  for (const [truth, answer] of asked.flatMap((d) => d.confusions))
    counts.set(`${truth} ${answer}`, (counts.get(`${truth} ${answer}`) ?? 0) + 1);
  const photos = new Map<number, number>();
  for (const { classId } of set.photos) photos.set(classId, (photos.get(classId) ?? 0) + 1);
  const draws = asked.length / new Set(asked.map(({ fold }) => fold)).size;
  const name = (id: number) => set.classes.find((c) => c.id === id)?.name.replaceAll("-", " ") ?? String(id);
  const rows = [...counts]
    .map(([pair, count]) => {
      const [truth = 0, answer = 0] = pair.split(" ").map(Number);
      return { truth, answer, share: count / draws / ((photos.get(truth) ?? 0) - 5) };
    })
    .sort((a, b) => b.share - a.share)
    .slice(0, WORST);
  return table(
    ["what it is", "what it was taken for", "share of its photos"],
    rows.map(({ truth, answer, share }) => [name(truth), name(answer), percent(share)]),
  );
}

function recallPlot({ ours, reference }: Compared): string {
  const line = (
    name: string,
    draws: readonly RetrievalDraw[],
    catalog: CatalogKind,
    style?: Series["style"],
  ): Series => ({
    ...{ name, ...(style ? { style } : {}) },
    points: (["1", "5", "10"] as const).map((references) => [
      Number(references),
      spread(draws, { catalog, references, group: "all" }, first).mean,
    ]),
  });
  return linePlot({
    title: "recall@1 by the number of reference photos",
    x: { label: "references of each product", from: 0, to: 11, ticks: [1, 5, 10] },
    y: {
      label: "recall@1",
      from: 0.3,
      to: 1,
      ticks: [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1],
      format: percentTick,
    },
    series: [
      line("unseen, among themselves", ours, "unseen, among themselves"),
      line("unseen, among all", ours, "unseen, among all"),
      line("seen, among all", ours, "seen, among all"),
      line("MobileNetV2, themselves", reference, "unseen, among themselves", "dashed"),
      line("MobileNetV2, all", reference, "unseen, among all", "dashed"),
    ],
  });
}

const percentTick = (v: number): string => `${Math.round(100 * v)} %`;

function targetsOf({ ours, reference }: Compared): Target[] {
  const at = (draws: readonly RetrievalDraw[], group: Group) =>
    spread(draws, { catalog: "unseen, among themselves", references: "5", group }, first).mean;
  return (["packaged", "produce"] as const).flatMap((group) => {
    const [own, rival] = [at(ours, group), at(reference, group)];
    return [
      {
        what: `recall@1, 5 references, ${group}, classes never trained on`,
        ...{ target: ">= 90 %", measured: percent(own), met: own >= RECALL },
      },
      {
        what: `the same, lead over MobileNetV2 used the same way`,
        target: ">= 12 points",
        measured: Number.isFinite(rival)
          ? `${(100 * (own - rival)).toFixed(1)} points (it has ${percent(rival)})`
          : "–",
        met: Number.isFinite(rival) ? own - rival >= LEAD : undefined,
      },
    ];
  });
}

/** The virtual lane's goods: drawn, but forty classes more that no training has seen. */
function virtualText(virtual: Compared | undefined): string[] {
  if (!virtual) return [];
  const networks = [
    ["ours", virtual.ours],
    ["MobileNetV2", virtual.reference],
  ] as const;
  const rows = networks.map(([name, draws]) => [
    name,
    ...referenceKinds.map((references) =>
      percentSpread(spread(draws, { catalog: "unseen, among themselves", references, group: "all" }, first)),
    ),
  ]);
  return [
    "recall@1 on crops of the virtual lane's 40 goods, drawn classes that no training has seen either; its last column is one crop more, alone:",
    table(["network", "1 reference", "5", "10", "one crop"], rows),
  ];
}

export function retrievalSection(
  compared: Compared,
  set: PhotoSet,
  folds: readonly number[],
  virtual?: Compared,
): PageSection {
  return {
    ...{ name: "retrieval", title: "Finding the right product" },
    targets: targetsOf(compared),
    text: [
      `References are drawn by chance from a class's photos; all its other photos are asked about. Photos fill the crop, as goods fill the crops of a tray. Mean ± standard deviation over networks and draws; ${folds.length} network${folds.length === 1 ? "" : "s"}, which never saw ${folds.join(", ")} of the ${set.classes.length} classes. *Among themselves*: only the classes that the network never saw are in the catalog, as in a shop that is new to it. *Among all*: every class is. Photos of *seen* classes may have been trained on themselves; that figure is an upper bound. MobileNetV2 (ImageNet) is asked about the same photos with the same references through the same code.`,
      "recall@1:",
      recallTable(compared, first, groups),
      "recall@3 (the right product is among the three best):",
      recallTable(compared, firstThree, ["all"]),
      "The best product is of the right coarse class (any apple for an apple):",
      recallTable(compared, coarse, ["all"]),
      "recall@1 with 5 references, network by network:",
      foldTable(compared.ours),
      ...virtualText(virtual),
      "Most frequent confusions of unseen classes, 5 references, among all classes:",
      confusionTable(compared.ours, set),
    ].join("\n\n"),
    plots: [
      {
        file: "recognition-references.svg",
        alt: "recall@1 with 1, 5 and 10 references, ours and MobileNetV2",
        svg: recallPlot(compared),
      },
    ],
  };
}
