import { execFile } from "node:child_process";

/** What systemd may be told, by the names of sd_notify(3). */
export interface ServiceManager {
  ready(): Promise<void>;
  stopping(): Promise<void>;
  status(text: string): Promise<void>;
  watchdog(): Promise<void>;
  /** How often the watchdog wants to be fed, ms; undefined without one. */
  readonly watchdogMs: number | undefined;
}

type Send = (assignment: string) => Promise<void>;

/**
 * sd_notify needs a datagram socket, which Node lacks; systemd's own `systemd-notify` has one, comes with
 * every systemd, and beats a native addon that nobody keeps. The unit therefore says NotifyAccess=all.
 */
const sendBySystemdNotify: Send = (assignment) =>
  new Promise((resolve, reject) => {
    execFile("systemd-notify", [assignment], { timeout: 5_000 }, (error) =>
      error ? reject(error) : resolve(),
    );
  });

/** Half of the time after which systemd would restart us (sd_watchdog_enabled(3) advises half). */
export function watchdogInterval(env: NodeJS.ProcessEnv): number | undefined {
  const usec = Number(env.WATCHDOG_USEC);
  return Number.isFinite(usec) && usec > 0 ? Math.floor(usec / 2_000) : undefined;
}

/**
 * Talks to systemd when it started us (`NOTIFY_SOCKET`), to nobody otherwise. Trouble with it is handed to
 * `onTrouble` and never stops the lane.
 */
export function createServiceManager(
  env: NodeJS.ProcessEnv,
  onTrouble: (error: unknown) => void,
  send: Send = sendBySystemdNotify,
): ServiceManager {
  const tell = async (assignment: string): Promise<void> => {
    if (!env.NOTIFY_SOCKET) return;
    try {
      await send(assignment);
    } catch (error) {
      onTrouble(error);
    }
  };
  return {
    ready: () => tell("READY=1"),
    stopping: () => tell("STOPPING=1"),
    status: (text) => tell(`STATUS=${text.replaceAll("\n", " ")}`),
    watchdog: () => tell("WATCHDOG=1"),
    watchdogMs: watchdogInterval(env),
  };
}
