import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseShellArgs, usage } from "./decide.js";
import { asRoot, findElectron } from "./find-electron.js";

const args = process.argv.slice(2);
const parsed = parseShellArgs(args, process.env.TILLSIGHT_URL);
const electron = findElectron(() => require("electron"), existsSync);

if (parsed.kind !== "run") {
  console.log(parsed.kind === "wrong" ? `${parsed.why}\n\n${usage}` : usage);
  process.exitCode = parsed.kind === "wrong" ? 2 : 0;
} else if (electron.kind === "missing") {
  console.error(electron.text);
  process.exitCode = 1;
} else if (process.getuid?.() === 0) {
  console.error(asRoot);
  process.exitCode = 1;
} else {
  const child = spawn(electron.path, [join(__dirname, ".."), ...args], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  child.once("exit", (code) => {
    process.exitCode = code ?? 1;
  });
}
