import { once } from "node:events";
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeError, InvalidInputError, StoppedError } from "@tillsight/contracts";
import { createLogger } from "@tillsight/edge-daemon";
import { writeMugPhotos } from "./lane/mug-photos.js";
import { playDemo } from "./lane/play-demo.js";
import { tellNotices } from "./lane/tell-notices.js";
import { openVirtualLane } from "./lane/virtual-lane.js";
import { demoPin, shown, welcome } from "./lane/welcome.js";

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

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Preparing takes a while: a port that cannot be had is better known before. */
async function checkPort(port: number): Promise<void> {
  const probe = createServer();
  try {
    await once(probe.listen(port, "127.0.0.1"), "listening");
  } catch (cause) {
    throw new InvalidInputError(
      `port ${port} cannot be used: ${describeError(cause)}`,
      "Say npm start -- --port 0, or stop what uses it.",
      { cause },
    );
  } finally {
    probe.close();
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
  const port = portOf(values.port);
  const protocol = protocolOf(values.protocol);
  await checkPort(port);
  const dataDir = values.data;
  mkdirSync(dataDir, { recursive: true });
  const began = Date.now();
  const lane = await openVirtualLane({
    dir: dataDir,
    protocol,
    headquarters: true,
    ...(values.camera !== undefined && { camera: values.camera }),
    kioskPort: port,
    attendantPin: demoPin,
    log: createLogger("info", createWriteStream(join(dataDir, "lane.log"), { flags: "a" })),
    signal: stop.signal,
    onProgress: (what) => say(`  [${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s] ${what}`),
  });
  let hush = (): void => {};
  try {
    const config = join(dataDir, "lane.json");
    writeFileSync(config, JSON.stringify(lane.configInput, null, 2), { mode: 0o600 });
    const photos = await writeMugPhotos(dataDir);
    say(
      welcome(lane, { config: shown(config), log: shown(join(dataDir, "lane.log")), photos: shown(photos) }),
    );
    hush = tellNotices(lane.daemon.lane, say);
    if (!values["hands-off"]) await playDemo(lane, say, stop.signal);
    if (!stop.signal.aborted)
      await new Promise((resolve) => stop.signal.addEventListener("abort", resolve, { once: true }));
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    hush();
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
    process.exit(1);
  },
);
