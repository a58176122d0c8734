import { figure, quantile } from "../bench/quantile.js";
import type { Asked } from "../virtual/director.js";
import { correctionInWords } from "../virtual/in-words.js";
import type { Corrected } from "../virtual/shopper-corrections.js";
import type { Difference, SoldPiece } from "./compare.js";

/** What recognition made of one tray, from best to worst; `failed`: its sale could not be finished. */
export type Verdict = "right" | "rightAfterQuestions" | "wrong" | "failed";

/** The differences are those of the basket before it was put right by hand: what recognition is to answer for. */
export interface TrayResult extends Difference {
  readonly number: number;
  readonly title: string;
  readonly verdict: Verdict;
  readonly expected: readonly SoldPiece[];
  readonly recognised: readonly SoldPiece[];
  /** What was put right by hand before paying. */
  readonly corrected: readonly Corrected[];
  /** What the till's log says of this sale, and how that differs from what lay on the tray. */
  readonly till: Difference & { readonly sold: readonly SoldPiece[]; readonly isEqual: boolean };
  /** Everything asked, weighing and age checks too. */
  readonly asked: readonly Asked[];
  /** Why the sale could not be finished; null when it was. */
  readonly failure: string | null;
  readonly settledAfterMs: number | null;
  /** Picture of the tray, kept when it was not simply right; a path. */
  readonly picture: string | null;
}

export interface TraysReport {
  readonly seed: number;
  readonly machine: string;
  /** ISO 8601. */
  readonly at: string;
  readonly seconds: number;
  /** Trays whose till log says exactly what lay there. */
  readonly tillEqual: number;
  /** Entries of the till's log that belong to no tray. */
  readonly strayEntries: number;
  readonly baskets: Readonly<Record<Verdict, number>>;
  readonly pieces: {
    readonly expected: number;
    /** Pieces the lane had to ask what they are; weighing and age checks are no questions of recognition. */
    readonly asked: number;
    /** Taken for something else. */
    readonly wrong: number;
    /** On the tray and not in the basket. */
    readonly missed: number;
    /** In the basket and not on the tray. */
    readonly ghosts: number;
    /** Lines of nothing that the lane asked about and had to be voided. */
    readonly ghostsAsked: number;
  };
  /** From the last movement until the screen no longer changed, ms. */
  readonly settledAfterMs: { readonly p50: number; readonly p95: number };
  readonly trays: readonly TrayResult[];
}

const isQuestion = ({ about }: Asked): boolean => about !== "weight" && about !== "ageApproval";

export function verdictOf(result: Difference & Pick<TrayResult, "failure" | "asked">): Verdict {
  if (result.failure !== null) return "failed";
  if (result.missing.length > 0 || result.extra.length > 0 || !result.totalRight) return "wrong";
  return result.asked.some(isQuestion) ? "rightAfterQuestions" : "right";
}

/** Whether every sale was finished and the till's log is what lay on the trays, no more and no less. */
export const isProved = ({ tillEqual, strayEntries, baskets, trays }: TraysReport): boolean =>
  tillEqual === trays.length && strayEntries === 0 && baskets.failed === 0;

/** Adds up the results. Failed trays count with what was in their basket: nothing is left out. */
export function summarise(
  trays: readonly TrayResult[],
  run: Pick<TraysReport, "strayEntries" | "seed" | "machine" | "at" | "seconds">,
): TraysReport {
  const count = (verdict: Verdict): number => trays.filter((tray) => tray.verdict === verdict).length;
  const sum = (of: (tray: TrayResult) => number): number =>
    trays.reduce((total, tray) => total + of(tray), 0);
  const wrongIn = (tray: TrayResult): number => Math.min(tray.missing.length, tray.extra.length);
  const settled = trays.map((tray) => tray.settledAfterMs).filter((ms) => ms !== null);
  return {
    ...run,
    tillEqual: trays.filter((tray) => tray.till.isEqual).length,
    baskets: {
      right: count("right"),
      rightAfterQuestions: count("rightAfterQuestions"),
      wrong: count("wrong"),
      failed: count("failed"),
    },
    pieces: {
      expected: sum((tray) => tray.expected.length),
      asked: sum((tray) => tray.asked.filter((a) => isQuestion(a) && a.about !== "ghost").length),
      wrong: sum(wrongIn),
      missed: sum((tray) => tray.missing.length - wrongIn(tray)),
      ghosts: sum((tray) => tray.extra.length - wrongIn(tray)),
      ghostsAsked: sum((tray) => tray.asked.filter((a) => a.about === "ghost").length),
    },
    settledAfterMs: { p50: quantile(settled, 0.5), p95: quantile(settled, 0.95) },
    trays,
  };
}

/** One line for whoever waits. */
export function progressLine(tray: TrayResult, of: number): string {
  const pad = String(tray.number).padStart(String(of).length);
  const words: Record<Verdict, string> = {
    right: "right",
    rightAfterQuestions: "right after questions",
    wrong: "recognised wrong",
    failed: "FAILED",
  };
  const till = tray.till.isEqual ? "" : `  TILL DIFFERS: ${differenceText(tray.till)}`;
  return `tray ${pad}/${of}  ${words[tray.verdict]}  ${detailOf(tray)}${till}`;
}

function detailOf(tray: TrayResult): string {
  const parts = [
    `${tray.expected.length} pieces`,
    differenceText(tray),
    askedText(tray.asked),
    tray.corrected.length > 0 ? `put right by hand: ${tray.corrected.map(correctionInWords).join(", ")}` : "",
    tray.failure ?? "",
  ];
  return parts.filter((part) => part !== "").join("; ");
}

function differenceText({ missing, extra, totalRight }: Difference): string {
  const parts = [
    missing.length > 0 ? `missing ${piecesText(missing)}` : "",
    extra.length > 0 ? `extra ${piecesText(extra)}` : "",
    totalRight || missing.length + extra.length > 0 ? "" : "total differs",
  ];
  return parts.filter((part) => part !== "").join("; ");
}

const piecesText = (pieces: readonly SoldPiece[]): string =>
  pieces.map(({ sku, grams }) => (grams === null ? sku : `${sku} ${grams} g`)).join(", ");

function askedText(asked: readonly Asked[]): string {
  const questions = asked.filter(isQuestion).map(({ about, truth, offered }) => {
    const from = offered.length > 0 ? ` of ${offered.join("/")}` : "";
    return `${about}: ${truth ?? "nothing there"}${from}`;
  });
  return questions.length > 0 ? `asked ${questions.join(", ")}` : "";
}

/** The report as a page. */
export function markdownOf(report: TraysReport): string {
  const { baskets, pieces, trays } = report;
  const share = (count: number, of: number): string => `${count} of ${of} (${figure((100 * count) / of)} %)`;
  const seenRight = baskets.right + baskets.rightAfterQuestions;
  const differing = trays.filter((tray) => !tray.till.isEqual);
  const bad = trays.filter((tray) => tray.verdict === "wrong" || tray.verdict === "failed");
  const asked = trays.filter((tray) => tray.verdict === "rightAfterQuestions");
  const listed = (some: readonly TrayResult[]): string[] =>
    some.flatMap((tray) => [
      `- tray ${tray.number} (${tray.title}): ${detailOf(tray)}`,
      ...(tray.picture ? [`  expected: ${piecesText(tray.expected)}; picture: ${tray.picture}`] : []),
    ]);
  return `${[
    "# Scripted trays",
    "",
    `${trays.length} trays, seed ${report.seed}, ${report.at}, ${Math.round(report.seconds)} s. ${report.machine}.`,
    "",
    "Baskets and pieces are counted as recognition and the answers to its questions left them. Then the shopper",
    "looks the basket over, has it put right at the kiosk, and pays: the till's log is compared after that.",
    "",
    "| what | result |",
    "|---|---|",
    `| till log equals what lay on the tray | ${share(report.tillEqual, trays.length)} |`,
    `| till entries of no tray | ${report.strayEntries} |`,
    `| whole basket right, nothing asked | ${share(baskets.right, trays.length)} |`,
    `| whole basket right, after questions too | ${share(seenRight, trays.length)} |`,
    `| baskets wrong, put right by hand | ${baskets.wrong} |`,
    `| sales that could not be finished | ${baskets.failed} |`,
    `| pieces on the trays | ${pieces.expected} |`,
    `| pieces asked about | ${share(pieces.asked, pieces.expected)} |`,
    `| pieces taken for something else | ${pieces.wrong} |`,
    `| pieces missed | ${pieces.missed} |`,
    `| lines without anything lying there | ${pieces.ghosts} |`,
    `| asked about without lying there | ${pieces.ghostsAsked} |`,
    `| last movement to calm screen | p50 ${figure(report.settledAfterMs.p50)} ms, p95 ${figure(report.settledAfterMs.p95)} ms |`,
    "",
    "## Till logs that differ",
    "",
    ...(differing.length > 0
      ? differing.map((tray) => `- tray ${tray.number} (${tray.title}): ${differenceText(tray.till)}`)
      : ["None."]),
    "",
    "## Baskets recognised wrong, and failed sales",
    "",
    ...(bad.length > 0 ? listed(bad) : ["None."]),
    "",
    "## Trays with questions",
    "",
    ...(asked.length > 0 ? listed(asked) : ["None."]),
  ].join("\n")}\n`;
}
