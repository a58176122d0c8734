import { configDocs, configJsonSchema } from "../config/docs.js";
import { hashPin } from "../kiosk-api/index.js";
import { type CommandContext, type ExitCode, exitCodes } from "./context.js";

export const configCommands = {
  check: (context: CommandContext): void => {
    context.loadConfig();
    context.print("The configuration is valid.");
  },
  /** The PIN is not shown: output of this command ends up in tickets. */
  show: (context: CommandContext): void => {
    const config = context.loadConfig();
    const shown = {
      ...config,
      kiosk: { ...config.kiosk, ...(config.kiosk.attendantPin && { attendantPin: "(set)" }) },
    };
    context.print(JSON.stringify(shown, null, 2));
  },
  docs: (context: CommandContext): void => context.print(configDocs()),
  schema: (context: CommandContext): void => context.print(JSON.stringify(configJsonSchema(), null, 2)),
};

/** The PIN comes from standard input: an argument would stay in the shell's history. */
export async function hashPinCommand(context: CommandContext): Promise<ExitCode> {
  context.print(await hashPin((await context.readInput()).trim()));
  return exitCodes.ok;
}
