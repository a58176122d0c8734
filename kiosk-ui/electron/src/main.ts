import { parseShellArgs, usage } from "./decide.js";
import type { Electron } from "./electron-port.js";
import { Shell } from "./shell.js";

const electron = require("electron") as Electron;
const { app } = electron;

// Electron's own executable takes the app's folder as its first argument.
const { defaultApp } = process as NodeJS.Process & { defaultApp?: boolean };
const args = process.argv.slice(defaultApp ? 2 : 1);
const parsed = parseShellArgs(args, process.env.TILLSIGHT_URL);

if (parsed.kind !== "run") {
  console.log(parsed.kind === "wrong" ? `${parsed.why}\n\n${usage}` : usage);
  app.exit(parsed.kind === "wrong" ? 2 : 0);
} else if (!app.requestSingleInstanceLock()) {
  console.log("The kiosk is already open on this machine; its window was brought to the front.");
  app.exit(0);
} else {
  app.enableSandbox();
  new Shell(electron, parsed.options, (line) => console.log(line)).start().catch((error: unknown) => {
    console.error(error);
    app.exit(1);
  });
}
