import { type HealthReport, TillsightError } from "@tillsight/contracts";
import { askLane, healthUrl } from "./ask-lane.js";
import { type CommandContext, type ExitCode, exitCodes } from "./context.js";

class LaneUnreachableError extends TillsightError {
  readonly code = "LANE_UNREACHABLE";
}

/** Asks the running lane for its health; fails when it may not sell. */
export async function statusCommand(context: CommandContext, asJson: boolean): Promise<ExitCode> {
  const config = context.loadConfig();
  let report: HealthReport;
  try {
    report = await askLane(config, context.signal);
  } catch (cause) {
    throw new LaneUnreachableError(
      `no lane answers at ${healthUrl(config)}`,
      "Start it (`systemctl start tillsight`), or name its configuration with --config.",
      { cause },
    );
  }
  if (asJson) context.print(JSON.stringify(report, null, 2));
  else {
    context.print(`${report.state}  (version ${report.version}, up ${Math.round(report.uptimeSeconds)} s)`);
    for (const [name, part] of Object.entries(report.parts)) {
      context.print(`  ${part.state.padEnd(9)} ${name.padEnd(10)} ${part.detail}`);
      if (part.fix && part.state !== "ok") context.print(`            -> ${part.fix}`);
    }
  }
  return report.state === "failed" ? exitCodes.failed : exitCodes.ok;
}
