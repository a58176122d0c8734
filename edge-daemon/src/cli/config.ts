import { InvalidInputError } from "@tillsight/contracts";
import { configJsonSchema, explainSetting, listSettings } from "../config/docs.js";
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
  schema: (context: CommandContext): void => context.print(JSON.stringify(configJsonSchema(), null, 2)),
};

/** @throws InvalidInputError when there is no such setting */
export function printSettings(context: CommandContext, name?: string): void {
  const settings = listSettings().filter(
    (setting) => name === undefined || setting.name === name || setting.name.startsWith(`${name}.`),
  );
  if (settings.length === 0)
    throw new InvalidInputError(
      `there is no setting ${name}`,
      "`tillsight config docs` without a name lists them all.",
    );
  context.print(settings.map(explainSetting).join("\n\n"));
}

/** The PIN comes from standard input: an argument would stay in the shell's history. */
export async function hashPinCommand(context: CommandContext): Promise<ExitCode> {
  context.print(await hashPin((await context.readInput()).trim()));
  return exitCodes.ok;
}
