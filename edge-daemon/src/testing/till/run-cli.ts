import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { describeError, formatMoney, InvalidInputError, type TillReceiptLine } from "@tillsight/contracts";
import { z } from "zod";
import { hex } from "../../pos/bytes.js";
import { PosSettings } from "../../pos/settings.js";
import { openPtyPair } from "./pty-pair.js";
import { TillScript } from "./script.js";
import { SimulatedTill } from "./simulated-till.js";

const HELP = `A simulated till on a serial line: books what it receives, and misbehaves as a script says.

usage: node edge-daemon/dist/testing/till/cli.js (--path PORT | --pty LINK) [options]

  --path PORT        serial port that the lane's cable ends at
  --pty LINK         no cable: make a pair of pseudo-terminals; the lane opens LINK
  --protocol NAME    till-line (default), scanner-ack or scanner
  --log FILE         JSON lines of all that was booked; read back at the next start
  --script FILE      JSON such as {"steps":[{"do":"nak","times":2},{"do":"slow","ms":800}],"loop":true}
                     do: ack nak silence ackLost garbage slow partial noise unplug
  --baud RATE        default 115200
  --prefix TEXT      scanner protocols; escapes as in JSON, default \\u0002
  --suffix TEXT      scanner protocols; default \\r
  --aim-id           scanner protocols: codes come with an AIM identifier
  --sequence MODE    scanner-ack: digits (default) or none
  --json             print the booked lines as JSON
  --help             this text

Ends on Ctrl-C. The protocols are described in docs/protocols.`;

const OPTIONS = {
  path: { type: "string" },
  pty: { type: "string" },
  protocol: { type: "string" },
  log: { type: "string" },
  script: { type: "string" },
  baud: { type: "string" },
  prefix: { type: "string" },
  suffix: { type: "string" },
  "aim-id": { type: "boolean" },
  sequence: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

type Arguments = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

const unescaped = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : String(JSON.parse(`"${text}"`));

async function readScript(path: string | undefined): Promise<TillScript | undefined> {
  if (path === undefined) return undefined;
  try {
    return TillScript.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new InvalidInputError(`the script ${path} cannot be used: ${why}`, "See --help for an example.", {
      cause,
    });
  }
}

function settingsOf(args: Arguments, path: string): PosSettings {
  const given = {
    path,
    protocol: args.protocol,
    baudRate: args.baud === undefined ? undefined : Number(args.baud),
    prefix: unescaped(args.prefix),
    suffix: unescaped(args.suffix),
    aimId: args["aim-id"],
    sequence: args.sequence,
  };
  return PosSettings.parse(given);
}

const printed = (line: TillReceiptLine): string =>
  `${line.at}  ${line.kind.padEnd(5)}  ${line.text}${line.total ? `  ${formatMoney(line.total)}` : ""}`;

/** Where the program's lines go. */
export interface CliOutput {
  print(line: string): void;
  warn(line: string): void;
}

/**
 * Runs until the signal aborts.
 * @throws TypeError for an unknown option, ZodError or TillsightError for a value that cannot be used.
 */
export async function runTillCli(argv: string[], out: CliOutput, signal: AbortSignal): Promise<void> {
  const { values: args } = parseArgs({ args: argv, options: OPTIONS });
  if (args.help) return out.print(HELP);
  if ((args.path === undefined) === (args.pty === undefined))
    throw new InvalidInputError("name one of --path and --pty", "See --help.");
  const script = await readScript(args.script);
  const settings = settingsOf(args, args.path ?? args.pty ?? "");
  const pair = args.pty === undefined ? null : await openPtyPair({ lane: args.pty });
  try {
    const till = new SimulatedTill({
      settings: pair ? { ...settings, path: pair.till } : settings,
      ...(args.log === undefined ? {} : { log: args.log }),
      ...(script ? { script } : {}),
      ...(pair ? { plug: pair } : {}),
    });
    await serve(till, pair?.lane ?? null, args.json === true, out, signal);
  } finally {
    await pair?.close();
  }
}

async function serve(
  till: SimulatedTill,
  lane: string | null,
  json: boolean,
  out: CliOutput,
  signal: AbortSignal,
): Promise<void> {
  if (json) till.onBooked((entry) => out.print(JSON.stringify(entry)));
  else till.onReceipt((line) => out.print(printed(line)));
  till.onRubbish((bytes, why) => out.warn(`discarded (${why}): ${hex(bytes)}`));
  till.onFailure((error) => out.warn(`not booked, not answered: ${describeError(error)}`));
  await till.start();
  try {
    const fault = till.fault();
    if (fault) out.warn(`${describeError(fault)} (trying until it is there)`);
    const { protocol, path } = till.settings;
    out.warn(
      `${protocol} till ${lane ? `for a lane on ${lane}` : `on ${path}`}; ${till.entries().length} booked before`,
    );
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener("abort", () => resolve(), { once: true });
    });
  } finally {
    await till.stop();
  }
}
