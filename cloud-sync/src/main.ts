#!/usr/bin/env node
import { describeError } from "@tillsight/contracts";
import { loadDetector, loadEmbedder } from "@tillsight/models";
import { type CliOptions, help, parseOptions } from "./cli.js";
import { startCloudSync } from "./cloud.js";
import { photoEmbedder } from "./enrol/embed-photo.js";
import { createLogger } from "./log.js";

/** Brings headquarters up and waits for SIGTERM or SIGINT. */
async function run(options: CliOptions): Promise<void> {
  const log = createLogger(options["log-level"]);
  const folder = options.models === undefined ? {} : { folder: options.models };
  const detector = await loadDetector(folder);
  const embedder = await loadEmbedder(folder);
  const brokerUrl = options["broker-url"];
  const cloud = await startCloudSync({
    ...{
      dataDir: options.data,
      store: options.store,
      port: options.port,
      brokerPort: options["broker-port"],
      log,
    },
    ...(brokerUrl === undefined ? {} : { brokerUrl }),
    ...{ embedderId: embedder.info.id, embedPhoto: photoEmbedder(detector, embedder) },
  });
  // Beside the log, and once: a token does not belong into stored logs.
  if (cloud.tokenIsNew) process.stderr.write(`Write token (kept in ${options.data}/token): ${cloud.token}\n`);
  const stop = (signal: NodeJS.Signals) => {
    log.info("stopping", { signal });
    const steps = [() => cloud.stop(), () => embedder.close(), () => detector.close()];
    void steps
      .reduce((before, step) => before.then(step), Promise.resolve())
      .catch((error: unknown) => {
        log.error("stopping failed", { error: describeError(error) });
        process.exitCode = 1;
      });
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(help);
  else await run(options);
} catch (error) {
  process.stderr.write(`cloud-sync: ${describeError(error)}\n`);
  process.exitCode = 1;
}
