import { Command, InvalidArgumentError } from "commander";
import { version } from "../version.js";
import { benchCommand } from "./bench.js";
import { configCommands, hashPinCommand, printSettings } from "./config.js";
import { type CommandContext, type ExitCode, exitCodes } from "./context.js";
import { doctorCommand } from "./doctor-command.js";
import { enrollCommand } from "./enroll.js";
import { registerCommand } from "./register.js";
import { replayCommand } from "./replay.js";
import { runCommand } from "./run.js";
import { statusCommand } from "./status.js";

type MakeContext = (configPath: string | undefined) => CommandContext;

const wholeNumber =
  (complaint: string) =>
  (text: string): number => {
    if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError(complaint);
    return Number(text);
  };
const cents = wholeNumber("an amount in whole minor units (cents).");
const whole = wholeNumber("a whole number.");

type Finish = (code: ExitCode) => void;
type Context = () => CommandContext;

function addItemCommand(program: Command, context: Context, finish: Finish): void {
  program
    .command("enroll")
    .description("add an item from one to five pictures; it sells at once")
    .argument("<pictures...>", "one to five JPEG, PNG or WebP files, each showing the item alone")
    .requiredOption("--sku <sku>", "the store's article key")
    .requiredOption("--name <name>", "as shoppers see it")
    .requiredOption(
      "--price <cents>",
      "in minor units of the configured currency, for a piece or a kilogram",
      cents,
    )
    .option("--by-weight", "sold by weight", false)
    .option("--gtin <gtin...>", "barcodes")
    .option("--plu <plu>", "price look-up code")
    .option("--tax <bp>", "tax rate in basis points (700 = 7 %)", whole, 0)
    .option("--grams <grams>", "what one piece weighs, for a lane with a scale under its tray", whole)
    .option("--grams-tolerance <grams>", "how much more or less nearly every piece weighs", whole, 0)
    .option("--tare <grams>", "weight of the packaging, which is not charged", whole, 0)
    .option("--min-age <years>", "age that a shopper must have", whole)
    .option("--force", "also when it looks like another product", false)
    .addHelpText(
      "after",
      "\nExample: tillsight enroll front.jpg back.jpg --sku 4711 --name Apples --price 299 --by-weight --plu 4011",
    )
    .action(async (pictures: string[], options) => finish(await enrollCommand(context(), pictures, options)));
}

/** Commands that look at a terminal and change nothing. */
function addLookCommands(program: Command, context: Context, finish: Finish): void {
  program
    .command("replay")
    .description("decide recorded traces again and say where the answer differs")
    .argument("<traces>", "a trace file (JSON lines) that the lane wrote")
    .option("--why", "say of each item why it is what it is", false)
    .action(async (traces: string, { why }: { why: boolean }) =>
      finish(await replayCommand(context(), traces, why)),
    );
  program
    .command("bench")
    .description("time this terminal's networks, index and disk; about half a minute")
    .action(async () => finish(await benchCommand(context())));
  program
    .command("doctor")
    .description("check this terminal: devices, models, disk, ports; each fault with its fix")
    .option("--json", "for programs", false)
    .action(async ({ json }: { json: boolean }) => finish(await doctorCommand(context(), json)));
  program
    .command("status")
    .description("how the running lane fares")
    .option("--json", "for programs", false)
    .action(async ({ json }: { json: boolean }) => finish(await statusCommand(context(), json)));
}

function addConfigCommands(program: Command, context: Context, finish: Finish): void {
  const config = program.command("config").description("the configuration: check, show, explain");
  const one = (name: keyof typeof configCommands, description: string) =>
    config
      .command(name)
      .description(description)
      .action(() => {
        configCommands[name](context());
        finish(exitCodes.ok);
      });
  one("check", "say whether it is valid, and which fields are not");
  one("show", "print it with every default filled in");
  one("schema", "print its JSON Schema, for editors");
  config
    .command("docs")
    .description("print what each setting may be, its default and what it means")
    .argument("[setting]", "one setting, or a group such as till; left out, all of them")
    .action((setting?: string) => {
      printSettings(context(), setting);
      finish(exitCodes.ok);
    });
  config
    .command("hash-pin")
    .description("read the attendant's PIN from standard input and print what to put into kiosk.attendantPin")
    .action(async () => finish(await hashPinCommand(context())));
}

/** Every command of `tillsight` (commander: the most used parser, no dependencies). `finish` gets the exit code. */
export function createProgram(makeContext: MakeContext, finish: Finish): Command {
  const program = new Command("tillsight")
    .description("The Tillsight lane: goods on a tray under a camera become line items on the store's till.")
    .version(version)
    .option("-c, --config <file>", "configuration (default: /etc/tillsight/tillsight.json when it exists)")
    .exitOverride()
    // Before the commands, which take it over.
    .showHelpAfterError("Say --help behind the command for what it takes.")
    .addHelpText(
      "after",
      "\nExit codes: 0 well, 1 failed (the message says what to do), 2 wrong arguments.\nSettings, errors and notices: docs/ in the installation.",
    );
  const context: Context = () => makeContext(program.opts<{ config?: string }>().config);
  program
    .command("run")
    .description("run the lane until SIGTERM or Ctrl-C")
    .action(async () => finish(await runCommand(context())));
  program
    .command("register")
    .description(
      "make this lane known to headquarters: its user and password at the broker for a one-time code",
    )
    .argument("<url>", "address of headquarters' API, such as https://headquarters.example")
    .argument("<code>", "as headquarters gave it; works once")
    .action(async (url: string, code: string) => finish(await registerCommand(context(), url, code)));
  addItemCommand(program, context, finish);
  addLookCommands(program, context, finish);
  addConfigCommands(program, context, finish);
  return program;
}
