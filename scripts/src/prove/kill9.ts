import { crashLane, type LaneCrashOptions, type LaneCrashReport } from "@tillsight/edge-daemon/testing";

export interface Kill9Report extends LaneCrashReport {
  /** Nothing lost, nothing doubled, nothing forgotten, no doubt kept quiet. */
  readonly passed: boolean;
}

export interface Kill9Options extends LaneCrashOptions {
  /** Lines for a person, about once a second. */
  readonly say?: (text: string) => void;
}

/** Kills a busy lane `kills` times at random moments and compares the till's own log with what was bought. */
export async function proveKill9(options: Kill9Options): Promise<Kill9Report> {
  const { say, kills, protocol } = options;
  let saidAt = 0;
  const onKill = (done: number) => {
    options.onKill?.(done);
    if (Date.now() - saidAt < 1_000 && done < kills) return;
    saidAt = Date.now();
    say?.(`${protocol}: ${done} of ${kills} kills`);
  };
  const report = await crashLane({ ...options, onKill });
  const { lost, doubled, forgotten, unreported } = report;
  return { ...report, passed: lost + doubled + forgotten + unreported === 0 };
}

/** The report as a row of a table in Markdown; `kill9Header` is its head. */
export function kill9Row(r: Kill9Report): string {
  const cells = [
    r.protocol,
    `${r.kills} (${r.startKills} while starting)`,
    r.shoppers,
    r.booked,
    r.halfSent,
    r.lost,
    r.doubled,
    r.forgotten,
    r.inDoubt,
    r.unreported,
    r.passed ? "passed" : "FAILED",
  ];
  return `| ${cells.join(" | ")} |`;
}

export const kill9Header = [
  "| protocol | kills | sales | till entries | half-sent at a kill | lost | doubled | forgotten | in doubt | doubts kept quiet | |",
  "|---|---|---|---|---|---|---|---|---|---|---|",
].join("\n");
