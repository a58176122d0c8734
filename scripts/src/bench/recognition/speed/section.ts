import { figure } from "../../quantile.js";
import { type PageSection, type Target, table } from "../section.js";
import { batchSizes, type SpeedReport, type SpeedResult, threadCounts } from "./measure.js";

const EMBEDDER_MS = 10;
const DETECTOR_MS = 40;

const onCpu = (r: SpeedResult): boolean => r.provider === "cpu";
const nameOf = ({ variant }: SpeedResult): string =>
  variant.ours && variant.precision !== "as shipped"
    ? `${variant.network}, ${variant.precision}`
    : variant.network;

/** The network that others are compared with: the first that is not ours. */
function rivalOf(report: SpeedReport, of: SpeedResult): SpeedResult | undefined {
  return report.results.find(
    (r) =>
      !r.variant.ours &&
      (r.variant.kind === "detector") === (of.variant.kind === "detector") &&
      r.provider === of.provider &&
      r.threads === of.threads,
  );
}

function ratio(report: SpeedReport, of: SpeedResult): string {
  const rival = rivalOf(report, of)?.cpuPerPicture[1];
  const own = of.cpuPerPicture[1];
  return rival && own ? `${figure(own / rival)} x` : "–";
}

function embedderTable(report: SpeedReport): string {
  const rows = threadCounts.flatMap((threads) =>
    report.results
      .filter((r) => onCpu(r) && r.threads === threads && r.variant.kind !== "detector")
      .map((r) => [
        ...[nameOf(r), String(threads)],
        ...batchSizes.map((b) => figure(r.perPicture[b] ?? Number.NaN)),
        figure(r.cpuPerPicture[1] ?? Number.NaN),
        ...[ratio(report, r), figure(r.variant.bytes / 2 ** 20), figure(r.sessionMiB), figure(r.runningMiB)],
      ]),
  );
  const batches = batchSizes.map((b) => (b === 1 ? "ms a crop, one at a time" : `${b} at a time`));
  return table(
    [
      "network",
      "threads",
      ...batches,
      "processor ms a crop",
      "processor time against MobileNetV2",
      "file, MiB",
      "memory: session, MiB",
      "16 crops besides, MiB",
    ],
    rows,
  );
}

function detectorTable(report: SpeedReport): string {
  const rows = threadCounts.flatMap((threads) =>
    report.results
      .filter((r) => onCpu(r) && r.threads === threads && r.variant.kind === "detector")
      .map((r) => [
        ...[nameOf(r), String(threads), figure(r.perPicture[1] ?? Number.NaN)],
        ...[figure(r.cpuPerPicture[1] ?? Number.NaN), ratio(report, r)],
        ...[figure(r.variant.bytes / 2 ** 20), figure(r.sessionMiB), figure(r.runningMiB)],
      ]),
  );
  return table(
    [
      "network",
      "threads",
      "ms a frame",
      "processor ms a frame",
      "processor time against YOLOX-Nano",
      "file, MiB",
      "memory: session, MiB",
      "a call besides, MiB",
    ],
    rows,
  );
}

function acceleratorText(report: SpeedReport): string {
  const tried = report.results.filter((r) => !onCpu(r));
  const working = tried.filter((r) => r.refused === undefined);
  const missing = [...new Set(tried.filter((r) => r.refused !== undefined).map((r) => r.provider))];
  const why = missing.map((p) => `${p} (${tried.find((r) => r.provider === p && r.refused)?.refused})`);
  const lines = missing.length > 0 ? [`Not on this machine: ${why.join("; ")}.`] : [];
  if (working.length === 0) return lines.join("\n\n");
  const rows = working.map((r) => [
    ...[nameOf(r), r.provider, figure(r.perPicture[1] ?? Number.NaN)],
    figure(r.perPicture[16] ?? Number.NaN),
  ]);
  return [...lines, table(["network", "provider", "ms a picture, one at a time", "16 at a time"], rows)].join(
    "\n\n",
  );
}

/** The lead in recall is asked for at no more than the reference network's cost. */
function costTarget(report: SpeedReport): Target {
  const own = report.results.find(
    (r) => onCpu(r) && r.threads === 1 && r.variant.kind === "embedder" && r.variant.ours,
  );
  const rival = own && rivalOf(report, own)?.cpuPerPicture[1];
  const cost = own && rival ? (own.cpuPerPicture[1] ?? Number.NaN) / rival : Number.NaN;
  return {
    ...{ what: "processor time of the embedder against MobileNetV2's", target: "<= 1 x" },
    ...{ measured: `${figure(cost)} x`, met: Number.isFinite(cost) ? cost <= 1 : undefined },
  };
}

function targetsOf(report: SpeedReport): Target[] {
  return [costTarget(report), ...timeTargets(report)];
}

function timeTargets(report: SpeedReport): Target[] {
  return (
    [
      ["embedder", EMBEDDER_MS, "a crop"],
      ["detector", DETECTOR_MS, "a frame"],
    ] as const
  ).map(([kind, limit, unit]) => {
    const own = report.results.find(
      (r) => onCpu(r) && r.threads === 1 && r.variant.kind === kind && r.variant.ours,
    );
    const ms = own?.cpuPerPicture[1];
    const rival = own && rivalOf(report, own)?.variant.network;
    return {
      what: `${kind} on one core, ${unit}`,
      target: `<= ${limit} ms, or the ratio`,
      measured: own && ms ? `${figure(ms)} ms (${ratio(report, own)} ${rival})` : "–",
      met: ms === undefined ? undefined : ms <= limit,
    };
  });
}

export function speedSection(report: SpeedReport): PageSection {
  const agreement = report.agreement.map(
    (a) =>
      `${a.precision}: mean cosine ${a.mean.toFixed(4)}, least ${a.least.toFixed(4)} of ${a.pictures} pictures`,
  );
  return {
    ...{ name: "speed", title: "Speed and memory", targets: targetsOf(report), plots: [] },
    text: [
      "Each network runs in a process of its own with the product's session settings, in three rounds over all of them; medians of single calls, by the clock and of the processor time that all its threads took: the latter hardly depends on what else the machine does, so targets and ratios are of it, on one thread. Network only: letterboxing and suppression come on top (see [benchmarks](benchmarks.md)). *fp16 stored* keeps weights as half floats and computes in float32, *fp32 stored* keeps them in full: the same sums from twice the file. What ships is whichever of them is not listed beside it. *int8 dynamic* has every convolution in 8 bits with inputs quantised as they come. Reference networks are measured as written by today's exporters (weights as constants), so that they are at their best.",
      "Networks that look at crops (the embedder, its copies, and the one that tells goods from pictures of goods):",
      embedderTable(report),
      `Vectors of the reduced embedder against the shipped one, on pictures of the virtual lane's goods: ${agreement.join("; ")}.`,
      "Detectors:",
      detectorTable(report),
      acceleratorText(report),
    ].join("\n\n"),
  };
}
