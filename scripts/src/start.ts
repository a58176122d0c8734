import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { describeError, InvalidInputError, StoppedError, TillsightError } from "@tillsight/contracts";
import { createLogger } from "@tillsight/edge-daemon";
import { personAt } from "./lane/person-at.js";
import { openVirtualLane, type VirtualLane } from "./lane/virtual-lane.js";
import { demoScript } from "./virtual/demo-script.js";
import { Director } from "./virtual/director.js";

const usage = `npm start -- [options]

Runs a whole Tillsight lane on this machine: a rendered tray seen by a (simulated) network camera, the real
daemon, a simulated till on a real pseudo-terminal, headquarters, and a page to watch it all.

  --camera SOURCE    your own camera instead of the rendered tray: /dev/video0, rtsp://…, a video, a folder
  --protocol NAME    till-line (default), scanner-ack or scanner
  --port N           of the page (default 7400; 0 lets the system choose)
  --hands-off        render the tray but play no shopper: you are the shopper, on the page
  --data DIR         where everything is kept (default .tillsight/demo; delete it to begin anew)
  -h, --help         this text
`;

const options = {
  camera: { type: "string" },
  protocol: { type: "string", default: "till-line" },
  port: { type: "string", default: "7400" },
  "hands-off": { type: "boolean", default: false },
  data: { type: "string", default: ".tillsight/demo" },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** For a demo on loopback only; it is printed, and a real lane has none until somebody sets one. */
const demoPin = "2468";

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Relative where that is shorter to read and type. */
const shown = (path: string): string =>
  relative(".", path).startsWith("..") ? resolve(path) : relative(".", path);

function welcome(lane: VirtualLane, dataDir: string, configFile: string): string {
  const own = `npm run --silent tillsight -- --config ${configFile}`;
  const cloud = lane.cloud;
  return [
    "",
    "  Tillsight is selling.",
    "",
    `  Open          ${lane.daemon.url}`,
    `  Attendant     PIN ${demoPin} (this demo's own)`,
    `  Health        ${lane.daemon.url}healthz    metrics  ${lane.daemon.url}metrics`,
    "",
    "  Try next",
    "    your own camera     npm start -- --camera /dev/video0",
    `    your own item       ${own} enroll photo.jpg --sku MUG-1 --name "My mug" --price 499`,
    ...(cloud
      ? [
          "    a new price         (at headquarters; the lane sells it a moment later)",
          `      curl -X PUT ${cloud.url}/api/products/apple-red/price -H "authorization: Bearer ${cloud.token}" \\`,
          `        -H "content-type: application/json" -d '{"price": {"minor": 99, "currency": "EUR"}}'`,
        ]
      : []),
    `    how it fares        ${own} status`,
    `    the log             ${join(dataDir, "lane.log")}`,
    "",
    "  Ctrl-C ends it.",
    "",
  ].join("\n");
}

async function playForEver(lane: VirtualLane, signal: AbortSignal): Promise<void> {
  if (!lane.feed) return;
  const director = new Director({
    lane: personAt(lane.daemon.lane),
    feed: lane.feed,
    onStep: (_tray, what) => say(`  shopper: ${what}`),
  });
  for (let round = 0; !signal.aborted; round++)
    for (const tray of demoScript(round)) {
      if (signal.aborted) return;
      const outcome = await director.play(tray, signal);
      say(
        outcome.failure ? `  shopper gives up: ${outcome.failure}` : `  paid: ${outcome.lines.length} lines`,
      );
    }
}

function parseOptions() {
  try {
    return parseArgs({ options }).values;
  } catch (cause) {
    throw new InvalidInputError(describeError(cause), "See npm start -- --help.", { cause });
  }
}

async function main(): Promise<number> {
  const values = parseOptions();
  if (values.help) {
    say(usage);
    return 0;
  }
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const)
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      say("\n  stopping …");
      stop.abort(new StoppedError("the demo"));
    });
  const dataDir = values.data;
  mkdirSync(dataDir, { recursive: true });
  const began = Date.now();
  const lane = await openVirtualLane({
    dir: dataDir,
    protocol: protocolOf(values.protocol),
    headquarters: true,
    ...(values.camera !== undefined && { camera: values.camera }),
    kioskPort: portOf(values.port),
    attendantPin: demoPin,
    log: createLogger("info", createWriteStream(join(dataDir, "lane.log"), { flags: "a" })),
    signal: stop.signal,
    onProgress: (what) => say(`  [${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s] ${what}`),
  });
  try {
    const configFile = join(dataDir, "lane.json");
    writeFileSync(configFile, JSON.stringify(lane.configInput, null, 2), { mode: 0o600 });
    say(welcome(lane, shown(dataDir), shown(configFile)));
    if (!values["hands-off"]) await playForEver(lane, stop.signal);
    if (!stop.signal.aborted)
      await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    await lane.close();
  }
  say("  stopped; everything that was sold is in the journal.");
  return 0;
}

function protocolOf(text: string) {
  if (text === "till-line" || text === "scanner-ack" || text === "scanner") return text;
  throw new InvalidInputError(`--protocol ${text} is not known`, "Choose till-line, scanner-ack or scanner.");
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidInputError(`--port ${text} is not a port`, "Give 0 to 65535; 0 lets the system choose.");
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`npm start: ${describeError(error)}\n`);
    if (error instanceof TillsightError && error.code === "KIOSK_ADDRESS")
      process.stderr.write("For this demo: npm start -- --port 0\n");
    process.exit(1);
  },
);
