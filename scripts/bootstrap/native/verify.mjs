import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const CHECK = fileURLToPath(new URL("./load-check.mjs", import.meta.url));

/**
 * Loads an addon in a process of its own, where a file that does not fit may crash.
 * @returns {Promise<string | undefined>} what is wrong with it
 */
export function loadProblem(name, file, packageDir) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [CHECK, name, file, packageDir], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.on("error", (error) => resolve(error.message));
    child.on("close", (status, signal) => {
      const line = said.split("\n").find((text) => /Error|error/.test(text));
      resolve(status === 0 ? undefined : (line ?? `exit ${status ?? signal}`));
    });
  });
}
