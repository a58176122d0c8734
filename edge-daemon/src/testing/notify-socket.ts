import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A datagram socket like systemd's, with all that was sent to it. */
export interface NotifySocket {
  readonly path: string;
  /** Every datagram so far, one behind the other. */
  heard(): string;
  /** Sends one datagram to it; Node has no such socket, socat has. */
  send(text: string): Promise<void>;
  close(): void;
}

export async function openNotifySocket(): Promise<NotifySocket> {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-notify-"));
  const path = join(dir, "notify.sock");
  const socat = spawn("socat", ["-u", `UNIX-RECV:${path}`, "-"], { stdio: ["ignore", "pipe", "inherit"] });
  let heard = "";
  socat.stdout.on("data", (bytes: Buffer) => {
    heard += bytes.toString();
  });
  const failed = new Promise<never>((_, reject) => socat.once("error", reject));
  const there = async (): Promise<void> => {
    while (!existsSync(path)) await sleep(10);
  };
  await Promise.race([there(), failed]);
  return {
    path,
    heard: () => heard,
    send: (text) =>
      new Promise((resolve, reject) => {
        const child = execFile("socat", ["-u", "-", `UNIX-SENDTO:${path}`], (error) =>
          error ? reject(error) : resolve(),
        );
        child.stdin?.end(text);
      }),
    close: () => {
      socat.kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
