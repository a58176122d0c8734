import { spawn, spawnSync } from "node:child_process";
import { BootstrapError } from "./errors.mjs";

const TAIL_BYTES = 6000;

/**
 * Runs a short command to its end.
 * @returns {{ ok: boolean, out: string, err: string }} `ok` is false when it failed or does not exist
 */
export function capture(command, args, options = {}) {
  const done = spawnSync(command, args, { encoding: "utf8", ...options });
  return { ok: done.status === 0, out: done.stdout ?? "", err: done.stderr ?? String(done.error ?? "") };
}

/**
 * Runs a long command; with `quiet`, its output is kept for the error instead of being shown.
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean, fix?: string }} [options]
 * @throws {BootstrapError} COMMAND_FAILED, with the end of what the command said
 */
export function run(command, args, { cwd, env, quiet = false, fix } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit" });
    let tail = "";
    const keep = (chunk) => {
      tail = (tail + chunk).slice(-TAIL_BYTES);
    };
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    const fail = (how, cause) => {
      const said = tail.trim() === "" ? "" : `\n${tail.trim()}`;
      const again = `Look at the messages above, put the cause right and run this again.`;
      reject(
        new BootstrapError("COMMAND_FAILED", `${[command, ...args].join(" ")}: ${how}${said}`, fix ?? again, {
          cause,
        }),
      );
    };
    child.on("error", (error) => fail(error.message, error));
    child.on("close", (status, signal) =>
      status === 0 ? resolve() : fail(signal === null ? `exit status ${status}` : `killed by ${signal}`),
    );
  });
}
