import { readFileSync } from "node:fs";
import { describeError } from "@tillsight/contracts";
import { openAnyGraph, type Provider } from "@tillsight/models";

/** What a measuring process is told, as JSON in its first argument. */
export interface ChildJob {
  readonly path: string;
  readonly provider: Provider;
  readonly threads: number;
  readonly batches: readonly number[];
  /** Height and width, for a graph that takes several. */
  readonly sides: readonly [height: number, width: number] | null;
  /** Time for one batch size, ms. */
  readonly budgetMs: number;
}

/** How long one call took, and what all threads of the process worked meanwhile; ms. */
export interface CallTime {
  readonly wall: number;
  readonly cpu: number;
}

/** What it prints, as JSON. */
export interface ChildReport {
  /** Why the file cannot be opened on this provider. */
  readonly refused?: string;
  /** Of single calls, for each batch size. */
  readonly calls: Readonly<Record<number, readonly CallTime[]>>;
  /** How much the process grew with the session, and with its largest batch besides; MiB. */
  readonly sessionMiB: number;
  readonly runningMiB: number;
}

const LEAST_CALLS = 5;
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const allKnown = (dims: readonly (number | undefined)[]): dims is number[] =>
  dims.every((d) => d !== undefined);
const rss = (): number => process.memoryUsage().rss / 2 ** 20;

/** One network in a process of its own, so that memory is this network's. */
async function measure(job: ChildJob): Promise<ChildReport> {
  const bytes = readFileSync(job.path);
  // The native library itself is loaded before the first look at the memory.
  await openAnyGraph(new Uint8Array(), "cpu", 1).catch(() => undefined);
  const before = rss();
  const graph = await openAnyGraph(bytes, job.provider, job.threads);
  const opened = rss();
  const input = graph.inputs[0] ?? { name: "", shape: [] };
  const calls: Record<number, CallTime[]> = {};
  for (const batch of job.batches) {
    const dims = input.shape.map((d, i) =>
      i === 0 ? batch : typeof d === "number" ? d : job.sides?.[i - 2],
    );
    if (!allKnown(dims)) throw new RangeError(`${job.path}: its input ${input.shape.join(" x ")} is open`);
    const data = Float32Array.from(
      { length: dims.reduce((a, b) => a * b, 1) },
      (_, i) => ((i * 7919) % 256) / 256,
    );
    await graph.run(input.name, data, dims);
    const times: CallTime[] = [];
    const until = performance.now() + job.budgetMs;
    while (times.length < LEAST_CALLS || performance.now() < until) {
      const [begun, worked] = [performance.now(), cpuMs()];
      await graph.run(input.name, data, dims);
      times.push({ wall: performance.now() - begun, cpu: cpuMs() - worked });
    }
    calls[batch] = times;
  }
  const report = { calls, sessionMiB: opened - before, runningMiB: rss() - opened };
  await graph.close();
  return report;
}

const job = JSON.parse(process.argv[2] ?? "{}") as ChildJob;
/** ONNX Runtime puts file and condition before what matters. */
const reason = (error: unknown): string =>
  (describeError(error).split("\n")[0] ?? "").split(" was false. ").at(-1)?.slice(0, 160) ?? "";

const refused = (error: unknown): ChildReport => ({
  ...{ refused: reason(error), calls: {}, sessionMiB: 0, runningMiB: 0 },
});
process.stdout.write(JSON.stringify(await measure(job).catch(refused)));
process.exit(0);
