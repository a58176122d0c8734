import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { openNotifySocket } from "../../testing/notify-socket.js";
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

it("tells systemd's socket what it is told, in order, and nothing that would break its format", async () => {
  const socket = await openNotifySocket();
  try {
    const fail = (error: unknown) => expect.unreachable(String(error));
    const manager = createServiceManager({ NOTIFY_SOCKET: socket.path }, fail, (text) =>
      socket.send(`${text}\n`),
    );
    await manager.ready();
    await manager.status("two\nlines");
    await manager.watchdog();
    await manager.stopping();
    await expect
      .poll(socket.heard, { timeout: 5_000 })
      .toBe("READY=1\nSTATUS=two lines\nWATCHDOG=1\nSTOPPING=1\n");
  } finally {
    socket.close();
  }
});

const installed = spawnSync("systemd-notify", ["--version"]).status === 0;

it.skipIf(!installed)("systemd's own program reaches the socket (needs systemd-notify)", async () => {
  const socket = await openNotifySocket();
  const before = process.env.NOTIFY_SOCKET;
  process.env.NOTIFY_SOCKET = socket.path;
  try {
    const manager = createServiceManager(process.env, () => {});
    // systemd-notify waits for systemd's barrier, which our listener never answers: only what arrives counts.
    void manager.ready();
    await expect.poll(socket.heard, { timeout: 5_000 }).toContain("READY=1");
  } finally {
    if (before === undefined) delete process.env.NOTIFY_SOCKET;
    else process.env.NOTIFY_SOCKET = before;
    socket.close();
  }
});
