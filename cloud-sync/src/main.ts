#!/usr/bin/env node
import { describeError } from "@tillsight/contracts";
import { runBackup, runCheckBackup, runNewHistory, runRestore } from "./cli/backup.js";
import { backupHelp, parseBackup } from "./cli/backup-options.js";
import { runDoctor } from "./cli/doctor/doctor.js";
import { runEnrol } from "./cli/enrol.js";
import { enrolHelp, parseEnrol } from "./cli/enrol-options.js";
import { brokerAccess, embeddedBroker, rotateKey } from "./cli/publishing.js";
import { newSetupLink } from "./cli/setup-link.js";
import { runExport, runImport } from "./cli/transfer.js";
import { parseTransfer, transferHelp } from "./cli/transfer-options.js";
import { type CliOptions, help, parseOptions } from "./cli.js";
import { startCloudSync } from "./cloud.js";
import { ThreadedReader } from "./enrol/threaded-reader.js";
import { createLogger } from "./log.js";

/** Brings headquarters up and waits for SIGTERM or SIGINT. */
async function run(options: CliOptions): Promise<void> {
  const log = createLogger(options["log-level"]);
  const ownBroker = await embeddedBroker(options);
  const access = await brokerAccess(options);
  const folder = options.models === undefined ? {} : { folder: options.models };
  const photoReader = await ThreadedReader.open(folder);
  const brokerUrl = options["broker-url"];
  const cloud = await startCloudSync({
    ...{
      dataDir: options.data,
      store: options.store,
      port: options.port,
      host: options.host,
      trustProxy: options["trust-proxy"],
      publicUrl: options["public-url"],
      brokerPort: options["broker-port"],
      databaseUrl: options["database-url"] ?? process.env.TILLSIGHT_DATABASE_URL,
      objectStore: options.objects,
      log,
    },
    ...(brokerUrl === undefined ? {} : { brokerUrl }),
    ...{ ...access, mqttVersion: options["mqtt-version"] },
    ...{ signingKeyFile: options["signing-key"], adoptKey: options["adopt-key"] },
    ...{ registeredOnly: options["registered-only"], ...ownBroker },
    ...{ mosquittoDir: options["mosquitto-files"], relayUrl: options.relay },
    keepDays: {
      ...{ telemetry: options["keep-telemetry"], events: options["keep-events"] },
      review: options["keep-review"],
    },
    ...{ embedderId: photoReader.embedderId, photoReader, match: photoReader.match },
    mostReferences: options["most-references"],
    links: { allowPrivate: options["private-links"] },
  });
  // Beside the log: a secret does not belong into stored logs.
  if (cloud.setupUrl !== undefined)
    process.stderr.write(`Make the first administrator (once, within 24 h): ${cloud.setupUrl}\n`);
  process.stderr.write(`Public key for lanes (sync.trustedKeys): ${cloud.publicKey}\n`);
  const stop = (signal: NodeJS.Signals) => {
    log.info("stopping", { signal });
    const steps = [() => cloud.stop(), () => photoReader.close()];
    void steps
      .reduce((before, step) => before.then(step), Promise.resolve())
      .catch((error: unknown) => {
        log.error("stopping failed", { error: describeError(error) });
        process.exitCode = 1;
      });
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
}

/** One import or export; Ctrl-C breaks it off, and nothing of it is left. */
async function transfer(command: "import" | "export", argv: readonly string[]): Promise<void> {
  const args = parseTransfer(command, argv);
  if (args.help) {
    process.stdout.write(transferHelp);
    return;
  }
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort()).once("SIGTERM", () => stop.abort());
  const terminal = {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stop.signal,
  };
  const { TILLSIGHT_TOKEN: token, TILLSIGHT_DATABASE_URL: databaseUrl } = process.env;
  process.exitCode =
    args.command === "import"
      ? await runImport(args, { token, databaseUrl }, terminal)
      : await runExport(args, { token, databaseUrl }, terminal);
}

/** A folder, ZIP or list of pictures; Ctrl-C breaks it off, and `--batch` goes on with it. */
async function enrol(argv: readonly string[]): Promise<void> {
  const args = parseEnrol(argv);
  if (args.help) {
    process.stdout.write(enrolHelp);
    return;
  }
  const { stdin, stdout, stderr, env } = process;
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort()).once("SIGTERM", () => stop.abort());
  const environment = { token: env.TILLSIGHT_TOKEN, databaseUrl: env.TILLSIGHT_DATABASE_URL };
  process.exitCode = await runEnrol(args, environment, { stdin, stdout, stderr, signal: stop.signal });
}

/** A new link for whoever lost the first one, or a password. */
async function setupLink(argv: readonly string[]): Promise<void> {
  const options = parseOptions(argv);
  process.stdout.write(options.help ? help : `${await newSetupLink(options)}\n`);
}

const keeping = {
  backup: runBackup,
  restore: runRestore,
  "check-backup": runCheckBackup,
  "new-history": runNewHistory,
};

/** Backups, and what comes after them. */
async function keep(command: keyof typeof keeping, argv: readonly string[]): Promise<void> {
  const args = parseBackup(command, argv);
  if (args.help) {
    process.stdout.write(backupHelp);
    return;
  }
  const { stdout, stderr, env } = process;
  const say = (text: string) => void stderr.write(`${text}\n`);
  const databaseUrl = args.databaseUrl ?? env.TILLSIGHT_DATABASE_URL;
  await keeping[command]({ ...args, databaseUrl }, { stdout, say });
}

try {
  const [command, ...rest] = process.argv.slice(2);
  if (command === "import" || command === "export") await transfer(command, rest);
  else if (command === "enrol") await enrol(rest);
  else if (command !== undefined && Object.hasOwn(keeping, command))
    await keep(command as keyof typeof keeping, rest);
  else if (command === "setup-link") await setupLink(rest);
  else if (command === "doctor")
    process.exitCode = await runDoctor(rest, process.env.TILLSIGHT_DATABASE_URL, (text) =>
      process.stdout.write(`${text}\n`),
    );
  else {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) process.stdout.write(help);
    else if (options["rotate-key"]) process.stdout.write(await rotateKey(options));
    else await run(options);
  }
} catch (error) {
  process.stderr.write(`cloud-sync: ${describeError(error)}\n`);
  process.exitCode = 1;
}
