import { constants } from "node:fs";
import { access, readdir, stat } from "node:fs/promises";
import { userInfo } from "node:os";
import type { TillsightError } from "@tillsight/contracts";
// serialport: MIT, maintained, prebuilt for Linux; termios and modem lines are not for us to write again.
import { SerialPort } from "serialport";
import {
  TillPortForbiddenError,
  TillPortInUseError,
  TillPortMissingError,
  TillPortUnusableError,
} from "../errors.js";
import type { PosSettings } from "../settings.js";

export type LineSettings = Pick<
  PosSettings,
  "path" | "baudRate" | "dataBits" | "parity" | "stopBits" | "flowControl"
>;

/**
 * Opens and locks the port, reading nothing yet.
 * @throws TillsightError that names the fix: missing, forbidden, in use or unusable.
 */
export async function openPort(settings: LineSettings): Promise<SerialPort> {
  await checkDevice(settings.path);
  const port = new SerialPort({
    path: settings.path,
    baudRate: settings.baudRate,
    dataBits: settings.dataBits,
    parity: settings.parity,
    stopBits: settings.stopBits,
    rtscts: settings.flowControl === "rtscts",
    xon: settings.flowControl === "xonxoff",
    xoff: settings.flowControl === "xonxoff",
    lock: true,
    autoOpen: false,
  });
  // Pending writes of a port that closes are reported here too; their callers have been told already.
  port.on("error", () => {});
  await new Promise<void>((resolve, reject) =>
    port.open((cause) => (cause ? reject(openError(settings.path, cause)) : resolve())),
  );
  return port;
}

/** What serialport would say in one text for all, told apart by asking the file system first. */
async function checkDevice(path: string): Promise<void> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => cause);
  if (found instanceof Error) {
    if (found.code === "EACCES")
      throw new TillPortForbiddenError(path, userInfo().username, { cause: found });
    throw new TillPortMissingError(path, await presentPorts(), { cause: found });
  }
  if (!found.isCharacterDevice()) throw new TillPortUnusableError(path, "it is not a device");
  await access(path, constants.R_OK | constants.W_OK).catch((cause: unknown) => {
    throw new TillPortForbiddenError(path, userInfo().username, { cause });
  });
}

/** serialport's errors have no codes; the lock is the one case that only its text tells. */
export function openError(path: string, cause: Error): TillsightError {
  if (/cannot lock port|resource busy/i.test(cause.message)) return new TillPortInUseError(path, { cause });
  return new TillPortUnusableError(path, cause.message.replace(/^Error:?\s*/, ""), { cause });
}

/** Names worth offering to somebody who mistyped: stable ones first. */
async function presentPorts(): Promise<string[]> {
  const list = (folder: string) => readdir(folder).catch(() => []);
  const stable = (await list("/dev/serial/by-id")).map((name) => `/dev/serial/by-id/${name}`);
  if (stable.length > 0) return stable;
  return (await list("/dev")).filter((name) => /^tty(USB|ACM)\d+$/.test(name)).map((name) => `/dev/${name}`);
}
