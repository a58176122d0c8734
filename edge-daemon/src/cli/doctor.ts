import { accessSync, constants, existsSync, mkdirSync, statfsSync, statSync } from "node:fs";
import { createServer } from "node:net";
import type { Finding, Check as LaneCheck } from "@tillsight/contracts";
import { weighedProductsIn } from "../catalog/index.js";
import type { DaemonConfig } from "../config/schema.js";
import { dialectOf } from "../pos/index.js";

export type Check = LaneCheck<DaemonConfig>;

const ok = (detail: string) => ({ state: "ok" as const, detail });
const bad = (detail: string, fix: string) => ({ state: "failure" as const, detail, fix });

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

/** A lane writes little, but SQLite must never meet a full disk. */
const roomyBytes = 500 * 2 ** 20;

async function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return enough
    ? ok(`Node ${process.versions.node}`)
    : bad(`Node ${process.versions.node} is too old`, "Install Node 20.19 or newer.");
}

async function checkDataDir(config: DaemonConfig) {
  try {
    mkdirSync(config.dataDir, { recursive: true });
    accessSync(config.dataDir, constants.R_OK | constants.W_OK);
  } catch (error) {
    return bad(
      `${config.dataDir} cannot be written (${(error as NodeJS.ErrnoException).code})`,
      "Create it and give it to the service's user: install -d -o tillsight -g tillsight -m 0750 " +
        config.dataDir,
    );
  }
  const { bavail, bsize } = statfsSync(config.dataDir);
  const free = bavail * bsize;
  if (free < roomyBytes)
    return {
      state: "warning" as const,
      detail: `only ${megabytes(free)} free in ${config.dataDir}`,
      fix: "Make room: the journal stops selling when the disk is full.",
    };
  return ok(`${config.dataDir} is writable, ${megabytes(free)} free`);
}

async function checkTillPort(config: DaemonConfig) {
  const { path } = config.till;
  if (!existsSync(path))
    return bad(
      `${path} does not exist`,
      "Plug the till's cable in, or set till.path; `ls -l /dev/serial/by-id` lists what is there.",
    );
  if (!statSync(path).isCharacterDevice())
    return bad(`${path} is not a serial device`, "Set till.path to a device such as /dev/ttyUSB0.");
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch {
    return bad(
      `no permission to use ${path}`,
      "Add the user to the group dialout: usermod -aG dialout tillsight, then log in again.",
    );
  }
  return ok(`${path} is there and may be used (${config.till.protocol}, ${config.till.baudRate} baud)`);
}

const checkPort = (config: DaemonConfig): Promise<Omit<Finding, "check">> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) =>
      resolve(
        error.code === "EADDRINUSE"
          ? {
              state: "warning",
              detail: `port ${config.kiosk.port} is in use`,
              fix: "Right while the lane runs; otherwise stop the other program or set kiosk.port.",
            }
          : bad(
              `port ${config.kiosk.port} cannot be opened (${error.code})`,
              "Set kiosk.host and kiosk.port to an address of this machine.",
            ),
      ),
    );
    probe.listen(config.kiosk.port, config.kiosk.host, () =>
      probe.close(() => resolve(ok(`port ${config.kiosk.port} is free`))),
    );
  });

/** A scanner says codes and nothing else: goods by weight then stay unsold, which nobody sees until they are tried. */
async function checkWeighedGoods({ till, dataDir }: DaemonConfig) {
  if (dialectOf(till).capabilities.weight) return ok(`${till.protocol} carries weights`);
  const weighed = weighedProductsIn(dataDir);
  if (weighed === 0) return ok(`${till.protocol} carries no weights, and nothing is sold by weight`);
  return {
    state: "warning" as const,
    detail: `${weighed} product(s) sold by weight, which ${till.protocol} cannot carry`,
    fix: "Set till.protocol to till-line where the till speaks it; otherwise these goods are sold at the till by hand.",
  };
}

/** Everybody who reaches the kiosk API may shop at this lane, and its page is not encrypted. */
async function checkHost({ kiosk }: DaemonConfig) {
  if (/^(127\.|::1$|localhost$)/.test(kiosk.host)) return ok("the kiosk API is on loopback only");
  return {
    state: "warning" as const,
    detail: `the kiosk API listens on ${kiosk.host}, beyond this machine`,
    fix: "Set kiosk.host to 127.0.0.1, unless a firewall keeps everybody else away.",
  };
}

async function checkPin(config: DaemonConfig) {
  return config.kiosk.attendantPin
    ? ok("an attendant's PIN is set")
    : {
        state: "warning" as const,
        detail: "no attendant's PIN",
        fix: "Set kiosk.attendantPin, or nobody can approve ages and void lines.",
      };
}

/** Checks that need nothing but the configuration and open nothing for longer than a moment. */
export const basicChecks: readonly Check[] = [
  { name: "node", run: checkNode },
  { name: "data folder", run: checkDataDir },
  { name: "till port", run: checkTillPort },
  { name: "weighed goods", run: checkWeighedGoods },
  { name: "kiosk port", run: checkPort },
  { name: "kiosk host", run: checkHost },
  { name: "attendant", run: checkPin },
];
