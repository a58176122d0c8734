import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeError, InvalidInputError, StoppedError } from "@tillsight/contracts";
import { kill9Header, kill9Row, proveKill9 } from "./prove/kill9.js";
import { kill9DaemonTable, proveKill9Daemon } from "./prove/kill9-daemon.js";
import { proveSoak, soakTable } from "./prove/soak.js";
import { isProved } from "./prove/tray-report.js";
import { proveTrays } from "./prove/trays.js";

const usage = `npm run prove -- NAME [options]

  trays     a scripted sequence of trays at the whole lane; recognition is counted, then put right by hand,
            and each till line must equal the script's
              --trays N (default 64)   --seed N (default 1)
  kill9     kill -9 of a busy lane at random points; no line lost, none doubled, every doubt reported
              --kills N (default 200)  --protocol till-line|scanner-ack|scanner (default: each of them)
  kill9-daemon  the same of the whole daemon, camera and kiosk included, with a shopper who goes on after each kill
              --kills N (default 40)   --seed N (default 1)
  soak        a lane that sells without a break; its memory must not grow
              --minutes N (default 10)

  --out DIR   where reports go (default .tillsight/prove)
  --list      the names alone
`;

const options = {
  trays: { type: "string", default: "64" },
  seed: { type: "string", default: "1" },
  kills: { type: "string" },
  minutes: { type: "string", default: "10" },
  protocol: { type: "string" },
  out: { type: "string", default: ".tillsight/prove" },
  list: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

type Values = ReturnType<typeof parse>["values"];
const parse = () => parseArgs({ options, allowPositionals: true });
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function count(text: string, name: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new InvalidInputError(`--${name} ${text} is not a count`, `Give a whole number, as in --${name} 20.`);
}

async function trays(values: Values, signal: AbortSignal): Promise<boolean> {
  const outDir = join(values.out, "trays");
  mkdirSync(outDir, { recursive: true });
  const report = await proveTrays({
    ...{ trays: count(values.trays, "trays"), seed: count(values.seed, "seed"), outDir, signal },
    onProgress: say,
  });
  say(`\nReport: ${join(outDir, "report.md")}`);
  return isProved(report);
}

const protocols = ["till-line", "scanner-ack", "scanner"] as const;

async function kill9(values: Values, signal: AbortSignal): Promise<boolean> {
  const chosen = protocols.filter((p) => values.protocol === undefined || values.protocol === p);
  if (chosen.length === 0)
    throw new InvalidInputError(`--protocol ${values.protocol}`, `Choose ${protocols.join(", ")}.`);
  const rows: string[] = [];
  let passed = true;
  for (const protocol of chosen) {
    const report = await proveKill9({ kills: count(values.kills ?? "200", "kills"), protocol, say, signal });
    rows.push(kill9Row(report));
    passed &&= report.passed;
  }
  const text = [kill9Header, ...rows, ""].join("\n");
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, "kill9.md"), text);
  say(`\n${text}`);
  return passed;
}

/** Keeps the table and shows it. */
function keep(values: Values, name: string, table: string): void {
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, `${name}.md`), `${table}\n`);
  say(`\n${table}\n`);
}

async function kill9Daemon(values: Values, signal: AbortSignal): Promise<boolean> {
  const kills = count(values.kills ?? "40", "kills");
  const report = await proveKill9Daemon({ kills, seed: count(values.seed, "seed"), say, signal });
  keep(values, "kill9-daemon", kill9DaemonTable(report));
  return report.passed;
}

async function soak(values: Values, signal: AbortSignal): Promise<boolean> {
  const report = await proveSoak({ minutes: count(values.minutes, "minutes"), say, signal });
  keep(values, "soak", soakTable(report));
  return report.passed;
}

const proofs = { trays, kill9, "kill9-daemon": kill9Daemon, soak };

async function main(): Promise<number> {
  const { values, positionals } = parse();
  const [name] = positionals;
  if (values.list) {
    say(Object.keys(proofs).join("\n"));
    return 0;
  }
  if (values.help || name === undefined) {
    say(usage);
    return values.help ? 0 : 2;
  }
  const proof = proofs[name as keyof typeof proofs];
  if (!proof)
    throw new InvalidInputError(`there is no proof "${name}"`, `Choose ${Object.keys(proofs).join(" or ")}.`);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new StoppedError("the proof")));
  process.once("SIGTERM", () => stop.abort(new StoppedError("the proof")));
  const passed = await proof(values, stop.signal);
  say(passed ? "PROVED" : "NOT PROVED");
  return passed ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`prove: ${describeError(error)}\n`);
    process.exit(1);
  },
);
