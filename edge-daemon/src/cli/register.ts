import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeError, InvalidInputError, Registration } from "@tillsight/contracts";
import { z } from "zod";
import type { DaemonConfig } from "../config/schema.js";
import { type CommandContext, type ExitCode, exitCodes } from "./context.js";

const Problem = z.object({ title: z.string(), fix: z.string() });
const patienceMs = 20_000;

/** Trades a one-time code of headquarters for this lane's user and password at the broker. @throws InvalidInputError */
export async function registerCommand(context: CommandContext, url: string, code: string): Promise<ExitCode> {
  const config = context.loadConfig();
  // Before the code is spent: a folder that cannot be written would waste it.
  const passwordFile = join(config.dataDir, "broker-password");
  writeSecret(passwordFile, "");
  const registration = await redeem(url, code, context.signal);
  writeSecret(passwordFile, `${registration.password}\n`);
  context.print(
    `This lane is ${registration.terminal} of ${registration.store} now. Put this into its settings:`,
  );
  context.print(JSON.stringify(settingsFor(config, registration, passwordFile), null, 2));
  return exitCodes.ok;
}

function settingsFor(config: DaemonConfig, registration: Registration, passwordFile: string) {
  const { store, terminal, username, trustedKeys } = registration;
  const brokerUrl = registration.brokerUrl ?? config.sync.brokerUrl ?? "mqtts://…";
  return { store, terminal, sync: { brokerUrl, username, passwordFile, trustedKeys } };
}

function writeSecret(file: string, text: string): void {
  try {
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(`${file}.new`, text, { mode: 0o600 });
    if (text !== "") renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new InvalidInputError(
      `${file} cannot be written`,
      "Run this as the daemon's user, or correct dataDir; the code was not used.",
      { cause },
    );
  }
}

async function redeem(url: string, code: string, signal: AbortSignal): Promise<Registration> {
  let body: unknown;
  let ok = false;
  try {
    const answer = await fetch(new URL("/api/register", url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    ok = answer.ok;
    body = await answer.json();
  } catch (cause) {
    throw new InvalidInputError(
      `headquarters does not answer at ${url}: ${describeError(cause)}`,
      "Check the address, such as https://headquarters.example, and the network.",
      { cause },
    );
  }
  if (ok) return Registration.parse(body);
  const problem = Problem.safeParse(body);
  throw new InvalidInputError(
    problem.success ? problem.data.title : `${url} is no headquarters`,
    problem.success ? problem.data.fix : "Check the address.",
  );
}
