#!/usr/bin/env node
import { text } from "node:stream/consumers";
import { describeError, StoppedError, TillsightError } from "@tillsight/contracts";
import { CommanderError } from "commander";
import { exitCodes } from "./cli/context.js";
import { createProgram } from "./cli/program.js";
import { loadConfig } from "./config/load.js";
import { createLogger } from "./observe/logger.js";

/**
 * The process: argv, environment, signals and exit codes live here and nowhere else. The first SIGINT or
 * SIGTERM asks for an orderly stop, a second one ends at once.
 */
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(exitCodes.failed);
    stop.abort(new StoppedError(`tillsight (${signal})`));
  });
}

let exitCode: number = exitCodes.ok;
const program = createProgram(
  (configPath) => ({
    loadConfig: () => loadConfig(configPath),
    print: (line) => process.stdout.write(`${line}\n`),
    readInput: () => text(process.stdin),
    log: (config) => createLogger(config.log.level),
    signal: stop.signal,
    env: process.env,
  }),
  (code) => {
    exitCode = code;
  },
);

try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  else {
    const code = error instanceof TillsightError ? `${error.code}: ` : "";
    process.stderr.write(`tillsight: ${code}${describeError(error)}\n`);
    if (!(error instanceof TillsightError) && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    exitCode = exitCodes.failed;
  }
}
// Native threads of the networks and the camera may still hold the event loop; everything of ours is stopped.
process.exit(exitCode);
