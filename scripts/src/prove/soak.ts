import { setTimeout as sleep } from "node:timers/promises";
import { InvalidInputError, StoppedError } from "@tillsight/contracts";
import { quantile } from "../bench/quantile.js";
import { demoScript } from "../virtual/demo-script.js";
import { Director } from "../virtual/director.js";
import { type DaemonProcess, DaemonProcessError } from "../whole/daemon-process.js";
import { connectWhenUp, type PageClient } from "../whole/page-client.js";
import { openStoreFront, photograph, type StoreFront } from "../whole/store-front.js";

export interface SoakOptions {
  /** More than 3: half of them, ten at the most, to warm up, and one to measure at each end. */
  readonly minutes: number;
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Resident memory at one moment. */
export interface MemorySample {
  /** Since the lane was ready, ms. */
  readonly atMs: number;
  /** The daemon's own process, bytes. */
  readonly daemon: number;
  /** The capture process, bytes. */
  readonly camera: number;
}

export interface SoakReport {
  readonly minutes: number;
  readonly sales: number;
  /** Trays that the lane did not let the shopper pay for. */
  readonly failures: readonly string[];
  readonly tillEntries: number;
  /** Medians of the minute in which all is warm and of the last one, bytes; `growth` is their ratio less one. */
  readonly daemon: Growth;
  readonly camera: Growth;
  readonly peak: number;
  readonly passed: boolean;
}

export interface Growth {
  readonly from: number;
  readonly to: number;
  readonly growth: number;
}

const minute = 60_000;
const sampleEveryMs = 2_000;
/** V8 and the allocators settle within some per cent; a leak of one frame in a hundred is far beyond that. */
const mostGrowth = 0.1;

/** ONNX Runtime keeps memory for each number of crops it has met in one call; it has met them all by then. */
const warmAfterMs = 10 * minute;

/** Compares the minute in which all is warm (the tenth, or that in the middle of a short run) with the last one. */
export function growthOf(samples: readonly MemorySample[], part: "daemon" | "camera"): Growth {
  const end = samples.at(-1)?.atMs ?? 0;
  const median = (from: number, to: number): number =>
    quantile(
      samples.filter(({ atMs }) => atMs >= from && atMs <= to).map((sample) => sample[part]),
      0.5,
    );
  const warm = Math.min(warmAfterMs, Math.max(2 * minute, end / 2));
  const from = median(warm - minute, warm);
  const to = median(end - minute, end);
  return { from, to, growth: to / from - 1 };
}

async function sample(daemon: DaemonProcess, into: MemorySample[], signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  while (!signal.aborted) {
    const camera = daemon.children().reduce((sum, child) => sum + child.rssBytes, 0);
    into.push({ atMs: performance.now() - startedAt, daemon: daemon.rssBytes(), camera });
    await sleep(sampleEveryMs, undefined, { signal }).catch(() => {});
  }
}

/** Sells tray after tray until `signal` aborts; resolves then. */
async function sell(
  store: StoreFront,
  page: PageClient,
  signal: AbortSignal,
  said: (failure: string | null) => void,
): Promise<void> {
  const director = new Director({ lane: page, feed: store.feed });
  for (let round = 0; ; round++)
    for (const tray of demoScript(round)) {
      if (signal.aborted) return;
      try {
        const { failure } = await director.play(tray, signal);
        said(failure === null ? null : `${tray.title}: ${failure}`);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
}

/**
 * Lets a daemon of its own process sell for `minutes` and looks whether its memory grows.
 * @throws DaemonProcessError when it ends by itself
 */
export async function proveSoak(options: SoakOptions): Promise<SoakReport> {
  const { minutes, say = () => {}, signal = new AbortController().signal } = options;
  if (minutes <= 3)
    throw new InvalidInputError(`--minutes ${minutes} is too short`, "Give more than 3, better 10.");
  say("photographing the demo store");
  const store = await openStoreFront({ assortment: await photograph(undefined, 3) });
  try {
    const daemon = store.run();
    await daemon.ready();
    const page = await connectWhenUp(store.url, store.pin, signal);
    const over = new AbortController();
    const timer = setTimeout(() => over.abort(new StoppedError("the soak")), minutes * minute);
    const until = AbortSignal.any([signal, over.signal]);
    const samples: MemorySample[] = [];
    const failures: string[] = [];
    let sales = 0;
    const sampling = sample(daemon, samples, until);
    try {
      await sell(store, page, until, (failure) => {
        if (failure === null) sales++;
        else failures.push(failure);
        const { daemon: own = 0, camera = 0 } = samples.at(-1) ?? {};
        say(`${sales} sales, ${failures.length} failed; daemon ${mb(own)}, camera ${mb(camera)}`);
        if (daemon.gone)
          throw new DaemonProcessError(`the daemon ended by itself: ${daemon.said}`, "See its log.");
      });
    } finally {
      clearTimeout(timer);
      over.abort(new StoppedError("the soak"));
      await sampling;
      page.close();
    }
    signal.throwIfAborted();
    return reportOf(samples, { minutes, sales, failures, tillEntries: store.booked().length });
  } finally {
    await store.close();
  }
}

function reportOf(
  samples: readonly MemorySample[],
  facts: Pick<SoakReport, "minutes" | "sales" | "failures" | "tillEntries">,
): SoakReport {
  const daemon = growthOf(samples, "daemon");
  const camera = growthOf(samples, "camera");
  const peak = Math.max(...samples.map((s) => s.daemon));
  const passed = facts.sales > 0 && daemon.growth < mostGrowth && camera.growth < mostGrowth;
  return { ...facts, daemon, camera, peak, passed };
}

const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;
const grown = ({ from, to, growth }: Growth): string =>
  `${mb(from)} -> ${mb(to)} (${growth < 0 ? "" : "+"}${(growth * 100).toFixed(1)} %)`;

/** As a table in Markdown, failed trays below. */
export function soakTable(r: SoakReport): string {
  return [
    "| minutes | sales | trays not paid | till entries | daemon, warm to last minute | its peak | camera's process | |",
    "|---|---|---|---|---|---|---|---|",
    `| ${[r.minutes, r.sales, r.failures.length, r.tillEntries, grown(r.daemon), mb(r.peak), grown(r.camera), r.passed ? "passed" : "FAILED"].join(" | ")} |`,
    ...r.failures.map((failure) => `- ${failure}`),
  ].join("\n");
}
