import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createServiceManager, watchdogInterval } from "./notify.js";

it("feeds the watchdog at half its time, and not at all where there is none", () => {
  expect(watchdogInterval({ WATCHDOG_USEC: "30000000" })).toBe(15_000);
  expect(watchdogInterval({})).toBeUndefined();
  expect(watchdogInterval({ WATCHDOG_USEC: "rubbish" })).toBeUndefined();
});

it("says nothing when systemd did not start us", async () => {
  const sent: string[] = [];
  const manager = createServiceManager(
    {},
    () => {},
    async (a) => void sent.push(a),
  );
  await manager.ready();
  expect(sent).toEqual([]);
});

it("hands trouble with systemd to its listener and goes on", async () => {
  const troubles: unknown[] = [];
  const env = { NOTIFY_SOCKET: "/run/x" };
  const manager = createServiceManager(
    env,
    (e) => troubles.push(e),
    () => Promise.reject(new TypeError("no socket")),
  );
  await manager.watchdog();
  expect(troubles).toHaveLength(1);
});

const installed =
  spawnSync("systemd-notify", ["--version"]).status === 0 && spawnSync("socat", ["-V"]).status === 0;

it.skipIf(!installed)("reaches a real notification socket (needs systemd-notify and socat)", async () => {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-notify-"));
  const path = join(dir, "notify.sock");
  const socket = spawn("socat", ["-u", `UNIX-RECV:${path}`, "-"]);
  try {
    await expect.poll(() => spawnSync("test", ["-S", path]).status).toBe(0);
    let heard = "";
    socket.stdout.on("data", (bytes: Buffer) => {
      heard += bytes.toString();
    });
    const before = process.env.NOTIFY_SOCKET;
    process.env.NOTIFY_SOCKET = path;
    const manager = createServiceManager(process.env, () => {});
    // systemd-notify waits for systemd's barrier, which our listener never answers: only what arrives counts.
    void manager.ready();
    await expect.poll(() => heard, { timeout: 5_000 }).toContain("READY=1");
    if (before === undefined) delete process.env.NOTIFY_SOCKET;
    else process.env.NOTIFY_SOCKET = before;
  } finally {
    socket.kill();
    rmSync(dir, { recursive: true, force: true });
  }
});
