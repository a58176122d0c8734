import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { InvariantError } from "@tillsight/contracts";
import type { Provider } from "@tillsight/models";
import { quantile } from "../../quantile.js";
import { type BenchContext, progress } from "../context.js";
import { type Agreement, measureAgreement } from "./agreement.js";
import type { CallTime, ChildJob, ChildReport } from "./child.js";
import { type Variant, variantsIn } from "./variants.js";

const run = promisify(execFile);
const childPath = fileURLToPath(new URL("./child.js", import.meta.url));

export const threadCounts = [1, 2] as const;
export const batchSizes = [1, 2, 4, 8, 16] as const;
const accelerators: readonly Provider[] = ["cuda", "tensorrt", "webgpu"];

export interface SpeedResult {
  readonly variant: Variant;
  readonly provider: Provider;
  readonly threads: number;
  /** Median milliseconds a picture, by batch size: by the clock, and of processor time. */
  readonly perPicture: Readonly<Record<number, number>>;
  readonly cpuPerPicture: Readonly<Record<number, number>>;
  readonly sessionMiB: number;
  readonly runningMiB: number;
  readonly refused?: string;
}

export interface SpeedReport {
  readonly results: readonly SpeedResult[];
  readonly agreement: readonly Agreement[];
}

async function inChild(job: ChildJob, signal: AbortSignal): Promise<ChildReport> {
  const { stdout } = await run(process.execPath, [childPath, JSON.stringify(job)], {
    signal,
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(stdout) as ChildReport;
}

function joined(variant: Variant, job: ChildJob, reports: readonly ChildReport[]): SpeedResult {
  const refused = reports.find((report) => report.refused)?.refused;
  if (refused && job.provider === "cpu")
    throw new InvariantError(`${variant.network}, ${variant.precision}, cannot be measured: ${refused}`);
  const medians = (of: (call: CallTime) => number): Record<number, number> =>
    Object.fromEntries(
      job.batches.map((batch) => {
        const calls = reports.flatMap((r) => r.calls[batch] ?? []);
        return [batch, quantile(calls.map(of), 0.5) / batch];
      }),
    );
  const most = (of: (r: ChildReport) => number) => Math.max(...reports.map(of));
  return {
    ...{ variant, provider: job.provider, threads: job.threads },
    ...{ perPicture: medians((c) => c.wall), cpuPerPicture: medians((c) => c.cpu) },
    ...{ sessionMiB: most((r) => r.sessionMiB), runningMiB: most((r) => r.runningMiB) },
    ...(refused === undefined ? {} : { refused }),
  };
}

/**
 * Every network in a process of its own, one after the other and then all again, so that a busy moment of the
 * machine does not fall on one of them alone.
 */
export async function measureSpeed(context: BenchContext, modelsDir: string): Promise<SpeedReport> {
  const folder = mkdtempSync(join(tmpdir(), "tillsight-speed-"));
  try {
    const variants = await variantsIn(folder, modelsDir);
    const jobs = variants.flatMap((variant) =>
      threadCounts.map((threads) => ({ variant, job: jobOf(context, variant, "cpu", threads) })),
    );
    const rounds = context.quick ? 1 : 3;
    const reports = jobs.map((): ChildReport[] => []);
    const tell = progress(context, "speed");
    for (let round = 0; round < rounds; round++)
      for (const [i, { job }] of jobs.entries()) {
        reports[i]?.push(await inChild(job, context.signal));
        tell(round * jobs.length + i + 1, rounds * jobs.length);
      }
    const results = jobs.map(({ variant, job }, i) => joined(variant, job, reports[i] ?? []));
    for (const variant of variants.filter((v) => v.precision === "as shipped"))
      for (const provider of accelerators) {
        const job = jobOf(context, variant, provider, 1);
        results.push(joined(variant, job, [await inChild(job, context.signal)]));
      }
    context.say("what reduced precision changes");
    return { results, agreement: await measureAgreement(variants) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const jobOf = (context: BenchContext, variant: Variant, provider: Provider, threads: number): ChildJob => ({
  ...{ path: variant.path, sides: variant.sides, provider, threads, budgetMs: context.quick ? 150 : 500 },
  // The detectors take one picture at a time, as the lane has one.
  batches: variant.kind === "detector" ? [1] : batchSizes,
});
