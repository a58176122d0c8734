import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeError, InvalidInputError, StoppedError } from "@tillsight/contracts";
import { proveCopies } from "./prove/copies/copies.js";
import { copiesTable } from "./prove/copies/judge.js";
import { enrolKill9Table, proveEnrolKill9 } from "./prove/enrol-kill9.js";
import { kill9Header, kill9Row, proveKill9 } from "./prove/kill9.js";
import { kill9DaemonTable, proveKill9Daemon } from "./prove/kill9-daemon.js";
import { proveSoak, soakTable } from "./prove/soak.js";
import { brokerTable, proveBroker } from "./prove/sync/broker.js";
import { coldTable, proveCold } from "./prove/sync/cold.js";
import { fanoutTable, proveFanout } from "./prove/sync/fanout.js";
import { hostileTable, proveHostile } from "./prove/sync/hostile.js";
import { proveSyncKill9, syncKill9Table } from "./prove/sync/kill9.js";
import { offlineTable, proveOffline } from "./prove/sync/offline.js";
import { proveUplinkKill9, uplinkKill9Table } from "./prove/sync/uplink-kill9.js";
import { proveVectors, vectorTable } from "./prove/sync/vectors.js";
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

  sync-offline  a lane misses changes and catches up to the same state, by deltas and by a snapshot
              --changes N (default 10000)   --seed N
  sync-hostile  damaged, reordered, replayed, truncated and wrongly signed messages at a lane: none may be applied
              --messages N (default 1000)   --seed N
  sync-broker   a real mosquitto is ended every 10 s while prices change: no LSN missed, none applied twice
              --seconds N (default 180)     --seed N
  sync-kill9    kill -9 of headquarters and lane at random points of publishing and applying
              --kills N (default 100)       --database-url URL (default: the embedded database)   --seed N
  sync-copies   two copies of headquarters on one PostgreSQL and one mosquitto; kill -9 of one while it publishes
              --kills N (default 40)        --database-url URL (default: a server of its own)   --seed N
  sync-fanout   price change to applied at many terminals, against the same bytes to bare subscribers
              --terminals N (default 1000)  --rounds N (default 30)
  sync-vectors  recall lost because vectors travel with one byte for each number
              --seed N
  sync-cold   a new lane fetches a whole catalog, broken off at random points and resumed, while it sells
              --skus N (default 50000, with 3 references each)  --breaks N (default 20)  --seed N

  uplink-kill9  kill -9 of a lane's uplink as it sends sales and events: headquarters has each once, in order
              --kills N (default 40)        --seed N (default 1)
  enrol-kill9   kill -9 of a process that enrols photos: each photo is one reference in the end
              --kills N (default 20)        --seed N (default 1)

  --out DIR   where reports go (default .tillsight/prove)
  --list      the names alone
`;

const options = {
  trays: { type: "string", default: "64" },
  seed: { type: "string", default: "1" },
  kills: { type: "string" },
  minutes: { type: "string", default: "10" },
  protocol: { type: "string" },
  skus: { type: "string" },
  breaks: { type: "string" },
  changes: { type: "string" },
  messages: { type: "string" },
  seconds: { type: "string" },
  terminals: { type: "string" },
  rounds: { type: "string" },
  "database-url": { type: "string" },
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

const seed = (values: Values): number => count(values.seed, "seed");

async function soak(values: Values, signal: AbortSignal): Promise<boolean> {
  const report = await proveSoak({ minutes: count(values.minutes, "minutes"), say, signal });
  keep(values, "soak", soakTable(report));
  return report.passed;
}

async function syncCold(values: Values, signal: AbortSignal): Promise<boolean> {
  const skus = count(values.skus ?? "50000", "skus");
  const breaks = count(values.breaks ?? "20", "breaks");
  const { rows, passed } = await proveCold({ skus, references: 3, breaks, seed: seed(values), say, signal });
  keep(values, "sync-cold", coldTable(rows));
  return passed;
}

async function syncOffline(values: Values, signal: AbortSignal): Promise<boolean> {
  const changes = count(values.changes ?? "10000", "changes");
  const products = [Math.ceil(changes / 20), Math.ceil(changes * 1.2)];
  const { rows, passed } = await proveOffline({ changes, products, seed: seed(values), say, signal });
  keep(values, "sync-offline", offlineTable(rows));
  return passed;
}

async function syncHostile(values: Values, signal: AbortSignal): Promise<boolean> {
  const messages = count(values.messages ?? "1000", "messages");
  const { rows, passed } = await proveHostile({ messages, seed: seed(values), say, signal });
  keep(values, "sync-hostile", hostileTable(rows));
  return passed;
}

async function syncBroker(values: Values, signal: AbortSignal): Promise<boolean> {
  const seconds = count(values.seconds ?? "180", "seconds");
  const report = await proveBroker({ seconds, everySeconds: 10, seed: seed(values), say, signal });
  keep(values, "sync-broker", brokerTable(report));
  return report.passed;
}

async function syncKill9(values: Values, signal: AbortSignal): Promise<boolean> {
  const kills = count(values.kills ?? "100", "kills");
  const databaseUrl = values["database-url"];
  const database = databaseUrl === undefined ? {} : { databaseUrl };
  const report = await proveSyncKill9({ kills, seed: seed(values), ...database, say, signal });
  keep(values, "sync-kill9", syncKill9Table([report]));
  return report.passed;
}

async function syncCopies(values: Values, signal: AbortSignal): Promise<boolean> {
  const kills = count(values.kills ?? "40", "kills");
  const databaseUrl = values["database-url"];
  const database = databaseUrl === undefined ? {} : { databaseUrl };
  const report = await proveCopies({ kills, seed: seed(values), ...database, say, signal });
  keep(values, "sync-copies", copiesTable(report));
  return report.passed;
}

async function syncFanout(values: Values, signal: AbortSignal): Promise<boolean> {
  const terminals = count(values.terminals ?? "1000", "terminals");
  const rounds = count(values.rounds ?? "30", "rounds");
  const report = await proveFanout({ terminals, rounds, say, signal });
  keep(values, "sync-fanout", fanoutTable(report));
  return report.passed;
}

async function syncVectors(values: Values): Promise<boolean> {
  const options = { synthetic: 20_000, queries: 2_000, photosEach: 12, seed: seed(values), say };
  const { rows, passed } = await proveVectors(options);
  keep(values, "sync-vectors", vectorTable(rows));
  return passed;
}

async function enrolKill9(values: Values, signal: AbortSignal): Promise<boolean> {
  const kills = count(values.kills ?? "20", "kills");
  const report = await proveEnrolKill9({ kills, seed: seed(values), say, signal });
  keep(values, "enrol-kill9", enrolKill9Table(report));
  return report.passed;
}

async function uplinkKill9(values: Values, signal: AbortSignal): Promise<boolean> {
  const kills = count(values.kills ?? "40", "kills");
  const report = await proveUplinkKill9({ kills, seed: seed(values), say, signal });
  keep(values, "uplink-kill9", uplinkKill9Table(report));
  return report.passed;
}

const proofs = {
  ...{ "enrol-kill9": enrolKill9, "uplink-kill9": uplinkKill9 },
  ...{ trays, kill9, "kill9-daemon": kill9Daemon, soak },
  ...{ "sync-offline": syncOffline, "sync-cold": syncCold, "sync-hostile": syncHostile },
  ...{
    "sync-broker": syncBroker,
    "sync-kill9": syncKill9,
    "sync-copies": syncCopies,
    "sync-fanout": syncFanout,
    "sync-vectors": syncVectors,
  },
};

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
