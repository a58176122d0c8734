import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvariantError, type TillMessage } from "@tillsight/contracts";
import { type Logger, silentLogger } from "@tillsight/edge-daemon";
import { describeMachine } from "../bench/machine.js";
import { personAt } from "../lane/person-at.js";
import { openVirtualLane, type VirtualLane } from "../lane/virtual-lane.js";
import { Director, type TrayOutcome } from "../virtual/director.js";
import { proofScript } from "../virtual/proof-script.js";
import { compare, expectedPieces, isSame, soldAs, soldIn } from "./compare.js";
import {
  markdownOf,
  progressLine,
  summarise,
  type TrayResult,
  type TraysReport,
  verdictOf,
} from "./tray-report.js";

export interface ProveTraysOptions {
  /** How many trays of the script; at least 60 for a claim. */
  readonly trays: number;
  readonly seed: number;
  /** Where report and pictures go; made when missing, pictures of an earlier run are removed. */
  readonly outDir: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (line: string) => void;
  readonly log?: Logger;
}

/**
 * Plays the scripted trays at a whole lane (camera over HTTP, OpenCV, networks, index, journal, serial line over
 * a pseudo-terminal, simulated till). What recognition makes of each tray is judged before anybody corrects it;
 * then it is put right at the kiosk and paid, and the till's log is compared with the script, piece by piece.
 * Nothing is left out of the report, nothing is tried again.
 * @throws what keeps the lane from starting; the abort reason. A lane that fails a tray is a result.
 */
export async function proveTrays(options: ProveTraysOptions): Promise<TraysReport> {
  const { signal, onProgress = () => {} } = options;
  const startedAt = new Date();
  const dir = mkdtempSync(join(tmpdir(), "tillsight-trays-"));
  try {
    const lane = await openVirtualLane({
      ...{ dir, protocol: "till-line", headquarters: false, attendantPin: "2468" },
      ...{ seed: options.seed, log: options.log ?? silentLogger, signal, onProgress },
    });
    try {
      const { results, strayEntries } = await playAll(lane, options);
      const report = summarise(results, {
        ...{ strayEntries, seed: options.seed, machine: describeMachine(), at: startedAt.toISOString() },
        seconds: (Date.now() - startedAt.getTime()) / 1000,
      });
      writeFileSync(join(options.outDir, "report.json"), `${JSON.stringify(report, null, 2)}\n`);
      writeFileSync(join(options.outDir, "report.md"), markdownOf(report));
      return report;
    } finally {
      await lane.close();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function playAll(
  lane: VirtualLane,
  options: ProveTraysOptions,
): Promise<{ results: TrayResult[]; strayEntries: number }> {
  const { feed } = lane;
  if (!feed) throw new InvariantError("the virtual lane has no feed to play trays on");
  rmSync(join(options.outDir, "pictures"), { recursive: true, force: true });
  mkdirSync(join(options.outDir, "pictures"), { recursive: true });
  const director = new Director({ lane: personAt(lane.daemon.lane), feed });
  const results: TrayResult[] = [];
  const sales = new Set<string | null>();
  for (const tray of proofScript(options.seed, options.trays)) {
    const outcome = await director.play(tray, options.signal);
    const result = judge(outcome, lane, options.outDir);
    results.push(result);
    sales.add(outcome.transactionId);
    options.onProgress?.(progressLine(result, options.trays));
  }
  const strays = tillLog(lane).filter((entry) => !sales.has(entry.transactionId));
  return { results, strayEntries: strays.length };
}

const tillLog = (lane: VirtualLane): TillMessage[] =>
  lane.till.entries().filter((entry): entry is typeof entry & TillMessage => entry.kind !== "scan");

/** What recognition made of this tray, and what the till's own log says of it, beside what the script says. */
function judge(outcome: TrayOutcome, lane: VirtualLane, outDir: string): TrayResult {
  const expected = expectedPieces(outcome.expected);
  const recognised = soldAs(outcome.recognised);
  const sold = soldIn(tillLog(lane), outcome.transactionId);
  const till = compare(expected, sold);
  const { failure, asked, corrected } = outcome;
  const found = { ...compare(expected, recognised), failure, asked, corrected };
  const verdict = verdictOf(found);
  const { number, title } = outcome.tray;
  const picture = verdict === "right" ? null : keepPicture(outcome, outDir);
  return {
    ...{ number, title, verdict, expected, recognised: recognised.pieces, ...found },
    till: { sold: sold.pieces, ...till, isEqual: isSame(till) },
    settledAfterMs: outcome.settledAfterMs,
    picture,
  };
}

/** The camera's picture, and beside it what lay there and what the lane saw, for finding out why. */
function keepPicture(outcome: TrayOutcome, outDir: string): string | null {
  const name = `tray-${String(outcome.tray.number).padStart(3, "0")}`;
  const truth = outcome.table.map(({ sku, pose }) => ({ sku, ...pose }));
  const { items: seen, recognised, asked, corrected, lines } = outcome;
  const beside = { truth, seen, recognised: recognised.lines, asked, corrected, paid: lines };
  writeFileSync(join(outDir, "pictures", `${name}.json`), `${JSON.stringify(beside, null, 2)}\n`);
  if (!outcome.jpeg) return null;
  writeFileSync(join(outDir, "pictures", `${name}.jpg`), outcome.jpeg);
  return join("pictures", `${name}.jpg`);
}
