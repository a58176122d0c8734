import { examine, formatFindings } from "@tillsight/contracts";
import { type CommandContext, type ExitCode, exitCodes } from "./context.js";
import { basicChecks } from "./doctor.js";
import { deviceChecks } from "./doctor-devices.js";

/** Prints what was found; fails when anything would keep the lane from selling. */
export async function doctorCommand(context: CommandContext, asJson: boolean): Promise<ExitCode> {
  const findings = await examine(context.loadConfig(), [...basicChecks, ...deviceChecks]);
  context.print(asJson ? JSON.stringify(findings, null, 2) : formatFindings(findings));
  return findings.some((f) => f.state === "failure") ? exitCodes.failed : exitCodes.ok;
}
