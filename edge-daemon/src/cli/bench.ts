import { mkdtempSync, rmSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import type { Picture } from "@tillsight/models";
import { benchIndex } from "../catalog/index.js";
import { makeDataDir } from "../config/data-dir.js";
import type { DaemonConfig } from "../config/schema.js";
import { benchJournal } from "../journal/index.js";
import { type CommandContext, type ExitCode, exitCodes } from "./context.js";
import { type Networks, openNetworks } from "./parts.js";

/** The tray of the budgets: ten items in a picture of a common camera. */
const items = 10;
const camera = { width: 1280, height: 720 };
const networkRuns = 20;
const warmUpRuns = 3;
const references = 10_000;
const appends = 500;

/** Any pixels will do: a network's time does not depend on what it sees. */
function noise(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = (i * 2_654_435_761) >>> 24;
  return { width, height, data };
}

const figure = (ms: number): string => `${ms.toPrecision(3)} ms`;

async function timeNetworks(networks: Networks, signal: AbortSignal): Promise<string[]> {
  const { detector, embedder } = networks;
  const tray = noise(camera.width, camera.height);
  const crops = Array.from({ length: items }, () => noise(160, 160));
  let before = { detector: detector.rawTime().ms, embedder: embedder.rawTime().ms };
  for (let run = 0; run < warmUpRuns + networkRuns; run++) {
    signal.throwIfAborted();
    if (run === warmUpRuns) before = { detector: detector.rawTime().ms, embedder: embedder.rawTime().ms };
    await detector.detect(tray);
    await embedder.embed(crops);
  }
  const detectorMs = (detector.rawTime().ms - before.detector) / networkRuns;
  const embedderMs = (embedder.rawTime().ms - before.embedder) / networkRuns;
  return [
    `detector   ${figure(detectorMs)} a picture, on ${detector.info.provider}`,
    `embedder   ${figure(embedderMs)} for ${items} items, on ${embedder.info.provider}`,
  ];
}

async function timeIndex(size: number): Promise<string> {
  const [row] = await benchIndex({ sizes: [references], size });
  if (!row) return "";
  return `index      nearest of ${references} references p50 ${figure(row.p50)}, p99 ${figure(row.p99)} (exact search ${figure(row.exactP50)}), recall@1 ${row.recallAt1}`;
}

function timeJournal(config: DaemonConfig): string {
  makeDataDir(config.dataDir);
  const dir = mkdtempSync(join(config.dataDir, "bench-"));
  try {
    const j = benchJournal(dir, appends);
    return `journal    durable append p50 ${figure(j.p50)}, p99 ${figure(j.p99)} (bare write and fdatasync p99 ${figure(j.diskP99)})`;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Times what this terminal is made of: networks, index, and the disk of the data folder. */
export async function benchCommand(context: CommandContext): Promise<ExitCode> {
  const config = context.loadConfig();
  context.print(
    `${cpus()[0]?.model ?? "unknown processor"}, ${cpus().length} cores, Node ${process.versions.node}`,
  );
  const networks = await openNetworks(config);
  try {
    for (const line of await timeNetworks(networks, context.signal)) context.print(line);
    context.print(await timeIndex(networks.embedder.size));
  } finally {
    await networks.close();
  }
  context.signal.throwIfAborted();
  context.print(timeJournal(config));
  return exitCodes.ok;
}
