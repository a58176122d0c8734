import { percent } from "../draws.js";
import { linePlot, type Series } from "../plot.js";
import { type PageSection, type Target, table } from "../section.js";
import { crowdings } from "./compose.js";
import type { TrayResult } from "./measure.js";
import { failureKinds, summarise, verdictOf } from "./verdict.js";

const ACCURACY = 0.9;
/** Trays of this many items are what the issue asks about. */
const ASKED_ITEMS = 10;
const WORST = 8;

/** One kind of goods with what was measured on it. */
export interface MeasuredGoods {
  readonly name: string;
  /** How these goods are held out, for the reader. */
  readonly about: string;
  readonly results: readonly TrayResult[];
  /** Of each product's five enrolment photos, those on which the detector found nothing. */
  readonly unfound: ReadonlyMap<string, number>;
  /** Names of products, by SKU. */
  readonly names: ReadonlyMap<string, string>;
}

type Filter = (result: TrayResult) => boolean;

const tableHead = [
  ...[
    "trays",
    "how many",
    "cAcc, best product",
    "cAcc as decided, nothing asked",
    "cAcc, questions answered",
  ],
  ...["counting error a tray", "items asked about", "detector recall", "mAP50"],
];

function row(name: string, results: readonly TrayResult[]): string[] {
  if (results.length === 0) return [name, "0", ...tableHead.slice(2).map(() => "–")];
  const s = summarise(results);
  return [
    ...[name, String(s.trays), percent(s.bestRight), percent(s.decidedRight), percent(s.answeredRight)],
    ...[s.countingError.toFixed(2), percent(s.asked), percent(s.recall), percent(s.averagePrecision)],
  ];
}

const bare: Filter = ({ plan }) => !plan.hand && plan.items > 0;

/** From so many photos without a detection on, a product counts as not enrolled well. */
const ILL_ENROLLED = 3;

function accuracyTable({ results, unfound }: MeasuredGoods): string {
  const ill = new Set([...unfound].filter(([, n]) => n >= ILL_ENROLLED).map(([sku]) => sku));
  const well: Filter = (r) => bare(r) && !r.truth.some(({ sku }) => ill.has(sku));
  const sizes = [...new Set(results.filter(bare).map(({ plan }) => plan.items))].sort((a, b) => a - b);
  const kinds: [string, Filter][] = [
    ["**all without hands**", bare],
    ...sizes.map((n): [string, Filter] => [`${n} items`, (r) => bare(r) && r.plan.items === n]),
    ...crowdings.map((c): [string, Filter] => [c, (r) => bare(r) && r.plan.crowding === c]),
    ...(ill.size > 0
      ? [["without hands, every product found at enrolment", well] satisfies [string, Filter]]
      : []),
    ["with a hand over it", (r) => r.plan.hand && r.plan.items > 0],
  ];
  return table(
    tableHead,
    kinds.map(([name, filter]) => row(name, results.filter(filter))),
  );
}

function failureTable(results: readonly TrayResult[]): string {
  const groups: [string, Filter][] = [
    ...crowdings.map((c): [string, Filter] => [c, (r) => bare(r) && r.plan.crowding === c]),
    ["with a hand", (r) => r.plan.hand && r.plan.items > 0],
  ];
  const sums = groups.map(([, filter]) => summarise(results.filter(filter)));
  return table(
    ["of 100 items", ...groups.map(([name]) => name)],
    failureKinds.map((kind) => [
      kind,
      ...sums.map((s) => (s.items > 0 ? ((100 * (s.failures[kind] ?? 0)) / s.items).toFixed(1) : "–")),
    ]),
  );
}

function mistakesText({ results, names }: MeasuredGoods): string {
  const counted = new Map<string, number>();
  for (const [truth, answer] of results.flatMap((r) => verdictOf(r).mistakes)) {
    const pair = `${names.get(truth) ?? truth} sold as ${names.get(answer) ?? answer}`;
    counted.set(pair, (counted.get(pair) ?? 0) + 1);
  }
  const worst = [...counted].sort((a, b) => b[1] - a[1]).slice(0, WORST);
  if (worst.length === 0) return "Nothing was sold as something else.";
  return `Sold as something else: ${worst.map(([pair, n]) => `${pair} (${n})`).join(", ")}.`;
}

/** Where nothing is found on a photo, all of it becomes the reference: that product is hardly ever known again. */
function enrolmentText({ unfound, names }: MeasuredGoods): string {
  if (unfound.size === 0) return "The detector found every product on all its enrolment photos.";
  const list = [...unfound]
    .sort((a, b) => b[1] - a[1])
    .map(([sku, n]) => `${names.get(sku) ?? sku} (${n} of 5)`);
  return `Enrolment photos on which the detector found nothing, so that the whole photo became the reference: ${list.join(", ")}. Such references do harm below.`;
}

function missedText({ results, names }: MeasuredGoods): string {
  const missed = results.filter(({ plan }) => !plan.hand).flatMap((r) => verdictOf(r).missed);
  if (missed.length === 0) return "Without hands, nothing was missed.";
  const counted = new Map<string, number>();
  for (const { sku } of missed) counted.set(sku, (counted.get(sku) ?? 0) + 1);
  const worst = [...counted].sort((a, b) => b[1] - a[1]).slice(0, WORST);
  const below = missed.filter((m) => m.below).length;
  return `Without hands, ${missed.length} items were missed or merged; of ${below} of them the detector gave a fitting box below its threshold. Most often: ${worst.map(([sku, n]) => `${names.get(sku) ?? sku} (${n})`).join(", ")}.`;
}

/** Trays on which nothing lies: whatever is found there is a false alarm. */
function emptyText(results: readonly TrayResult[]): string {
  const alarms = (hand: boolean) => {
    const own = results.filter(({ plan }) => plan.items === 0 && plan.hand === hand);
    const wrong = own.filter(({ found }) => found.length > 0).length;
    return `${wrong} of ${own.length}`;
  };
  return `Something was detected on ${alarms(false)} empty trays and on ${alarms(true)} empty trays with a hand over them. The lane decides nothing while a hand is in the picture; those figures are the detector's alone.`;
}

function accuracyPlot(name: string, results: readonly TrayResult[]): string {
  const sizes = [...new Set(results.filter(bare).map(({ plan }) => plan.items))].sort((a, b) => a - b);
  const line = (crowding: (typeof crowdings)[number]): Series => ({
    name: crowding,
    points: sizes.map((n) => [
      n,
      summarise(results.filter((r) => bare(r) && r.plan.items === n && r.plan.crowding === crowding))
        .bestRight,
    ]),
  });
  return linePlot({
    title: `Trays with every item and count right (best product), ${name}`,
    x: { label: "items on the tray", from: 2, to: 16, ticks: sizes },
    y: {
      label: "trays",
      from: 0,
      to: 1,
      ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
      format: (v) => `${Math.round(100 * v)} %`,
    },
    series: crowdings.map(line),
  });
}

function targetsOf({ name, results }: MeasuredGoods): Target[] {
  const own = results.filter((r) => bare(r) && r.plan.items === ASKED_ITEMS);
  if (own.length === 0) return [];
  const s = summarise(own);
  return [
    ["best product of each item, as the RPC benchmark counts", s.bestRight] as const,
    ["as the lane decides, its questions answered", s.answeredRight] as const,
  ].map(([how, value]) => ({
    what: `cAcc of trays of ${ASKED_ITEMS}, ${name}: ${how}`,
    ...{ target: ">= 90 %", measured: percent(value), met: value >= ACCURACY },
  }));
}

/** One section of composed trays; `file` names its plot. */
export function traysSection(part: string, title: string, file: string, goods: MeasuredGoods): PageSection {
  const { about, results } = goods;
  return {
    ...{ name: part, title, targets: targetsOf(goods) },
    text: [
      about,
      "*cAcc* is the share of trays with every item and count right: with the *best product* of every box (the measure of the RPC benchmark; nothing is asked and nothing is unknown), *as decided* (every item matched outright), and with *questions answered* (the shopper touches the right candidate where it is offered). *Counting error* sums over the products how far their counts are off. Boxes are exact, from the outlines that the renderer draws; an item counts while 30 % of its outline is in sight. *Recall* is the lane's, *mAP50* the detector's alone.",
      "Each tray is shown as the lane sees one: bare, as it was between two shoppers, then in four pictures. Where a hand is over it, the lane would wait; there, one picture is judged by itself.",
      enrolmentText(goods),
      accuracyTable(goods),
      "What goes wrong:",
      failureTable(results),
      missedText(goods),
      mistakesText(goods),
      emptyText(results),
    ].join("\n\n"),
    plots: [{ file, alt: title, svg: accuracyPlot(goods.name, results) }],
  };
}
