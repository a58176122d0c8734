import { HealthReport, TillsightError } from "@tillsight/contracts";
import { type CommandContext, type ExitCode, exitCodes } from "./context.js";

class LaneUnreachableError extends TillsightError {
  readonly code = "LANE_UNREACHABLE";
}

/** Asks the running lane for its health; fails when it may not sell. */
export async function statusCommand(context: CommandContext, asJson: boolean): Promise<ExitCode> {
  const { kiosk } = context.loadConfig();
  const url = `http://${kiosk.host}:${kiosk.port}/healthz`;
  let body: unknown;
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(5_000)]),
    });
    body = await answer.json();
  } catch (cause) {
    throw new LaneUnreachableError(
      `no lane answers at ${url}`,
      "Start it (`systemctl start tillsight`), or name its configuration with --config.",
      { cause },
    );
  }
  const report = HealthReport.parse(body);
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
