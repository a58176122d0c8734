#!/usr/bin/env node
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { describeError } from "@tillsight/contracts";
import { KioskApi } from "../../kiosk-api/index.js";
import { createLogger } from "../../observe/logger.js";
import { systemClock } from "../../ports/clock.js";
import { type ScenarioName, ScriptedLane, scenarios } from "./index.js";

const names = Object.keys(scenarios) as ScenarioName[];
const usage = `Serves the kiosk page with a scripted lane, for work on the page.

  node edge-daemon/dist/testing/lane/main.js [--port 7400] [--scenario NAME] [--every SECONDS] [--page DIR]

  --scenario  one of ${names.join(", ")}
  --every     go on to the next scenario after so many seconds
  --page      folder of the built page (default kiosk-ui/dist/web)
The attendant's PIN is 4711.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: "string", default: "7400" },
      scenario: { type: "string", default: "shopping" },
      every: { type: "string", default: "0" },
      page: { type: "string", default: "kiosk-ui/dist/web" },
      help: { type: "boolean", default: false },
    },
  });
  let at = names.indexOf(values.scenario as ScenarioName);
  if (values.help || at < 0) return console.log(usage);
  const lane = new ScriptedLane(scenarios[names[at] ?? "shopping"]());
  const api = new KioskApi({
    lane,
    clock: systemClock,
    log: createLogger("info"),
    host: "127.0.0.1",
    port: Number(values.port),
    pageDir: resolve(values.page),
    attendantPin: "4711",
    demo: { "/api/demo/till": () => lane.receipt },
  });
  console.log(`${await api.start()} shows ${names[at]}; Ctrl-C ends it`);
  if (Number(values.every) > 0)
    setInterval(() => {
      at = (at + 1) % names.length;
      const name = names[at] ?? "shopping";
      console.log(name);
      lane.show(scenarios[name]());
    }, Number(values.every) * 1000);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void api.stop().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  console.error(describeError(error));
  process.exitCode = 1;
});
