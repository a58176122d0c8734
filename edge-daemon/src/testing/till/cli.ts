#!/usr/bin/env node
import { describeError, StoppedError } from "@tillsight/contracts";
import { z } from "zod";
import { runTillCli } from "./run-cli.js";

const stop = new AbortController();
const end = () => stop.abort(new StoppedError("the till simulator"));
process.once("SIGINT", end).once("SIGTERM", end);

const out = { print: (line: string) => console.log(line), warn: (line: string) => console.error(line) };

runTillCli(process.argv.slice(2), out, stop.signal).catch((error: unknown) => {
  const text = error instanceof z.ZodError ? z.prettifyError(error) : describeError(error);
  console.error(`till simulator: ${text}`);
  process.exitCode = 1;
});
