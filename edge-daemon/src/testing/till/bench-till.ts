import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import { createLineSink } from "../../pos/create-sink.js";
import { PosSettings } from "../../pos/settings.js";
import type { TillSink } from "../../pos/till-sink.js";
import { openPtyPair, type PtyPair } from "./pty-pair.js";
import { SimulatedTill } from "./simulated-till.js";

/** A lane's sink and a simulated till, joined by a real pair of pseudo-terminals. */
export interface TillBench {
  readonly settings: PosSettings;
  readonly pair: PtyPair;
  readonly sink: TillSink;
  readonly till: SimulatedTill;
  /** File that outlives the till. */ readonly log: string;
  /** One word for each booked entry: the message id, or the code of a scan. */
  booked(): string[];
  /** A second till on the same end and log, as after a restart. */
  anotherTill(): SimulatedTill;
  close(): Promise<void>;
}

/** Limits short enough that a test of silence takes no second. */
export const QUICK = {
  ackTimeoutMs: 120,
  busyRetryMs: 20,
  writeTimeoutMs: 400,
  probeIntervalMs: 300,
  reopenFirstMs: 20,
  reopenMaxMs: 100,
} as const;

/** The till is running, the sink is not started yet. */
export async function openTillBench(changes: z.input<typeof PosSettings>): Promise<TillBench> {
  const pair = await openPtyPair();
  const folder = await mkdtemp(join(tmpdir(), "tillsight-till-"));
  const log = join(folder, "till.jsonl");
  const settings = PosSettings.parse({ ...QUICK, ...changes, path: pair.lane });
  const anotherTill = () =>
    new SimulatedTill({ settings: { ...settings, path: pair.till }, log, plug: pair });
  const till = anotherTill();
  const sink = createLineSink(settings);
  await till.start();
  return {
    settings,
    pair,
    sink,
    till,
    log,
    anotherTill,
    booked: () => till.entries().map((e) => (e.kind === "scan" ? e.code : e.messageId)),
    close: async () => {
      await sink.stop();
      await till.stop();
      await pair.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
