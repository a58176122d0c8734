import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { awayPage } from "./away-page.js";
import { laneIsAway, mayNavigate, pageIsMissing, parseShellArgs, retryDelay } from "./decide.js";
import type { Electron } from "./electron-port.js";
import { findElectron } from "./find-electron.js";
import { Shell } from "./shell.js";

const lane = "http://127.0.0.1:7400/";

describe("the shell's arguments", () => {
  const cases: [situation: string, args: string[], env: string | undefined, want: string][] = [
    ["nothing", [], undefined, lane],
    ["the environment's address", [], "http://lane-2:80", "http://lane-2/"],
    ["an address beats the environment", ["http://a/"], "http://b/", "http://a/"],
    ["windowed", ["--windowed"], undefined, `${lane} windowed`],
    ["Chromium's switches", ["--no-sandbox", "--disable-gpu"], undefined, lane],
    ["the app's folder", ["."], undefined, lane],
    ["a file", ["file:///etc/passwd"], undefined, "wrong"],
    ["no address at all", ["lane"], undefined, "wrong"],
    ["two addresses", ["http://a/", "http://b/"], undefined, "wrong"],
    ["help", ["--help"], undefined, "help"],
  ];
  it.each(cases)("%s", (_situation, args, env, want) => {
    const parsed = parseShellArgs(args, env);
    const { kind } = parsed;
    const text = kind === "run" ? `${parsed.options.url}${parsed.options.windowed ? " windowed" : ""}` : kind;
    expect(text).toBe(want);
  });
});

describe("decisions", () => {
  it.each([
    [`${lane}?lang=de`, true],
    ["http://127.0.0.1:7401/", false],
    ["https://127.0.0.1:7400/", false],
    ["http://127.0.0.1:7400.evil.example/", false],
    ["http://127.0.0.1:7400@evil.example/", false],
    ["file:///etc/passwd", false],
    ["javascript:alert(1)", false],
    ["", false],
  ])("may the window go to %s: %s", (target, may) => {
    expect(mayNavigate(target, lane)).toBe(may);
  });

  it("back off, and know a failure from a change of mind", () => {
    expect([0, 1, 2, 3, 4, 5, 40].map(retryDelay)).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    expect([laneIsAway(-102, true), laneIsAway(-3, true), laneIsAway(-102, false)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([pageIsMissing(200), pageIsMissing(404), pageIsMissing(503)]).toEqual([false, false, true]);
  });

  const fail = (code?: string) => () => {
    throw Object.assign(new TypeError("x"), { code });
  };
  it.each([
    ["is not installed", fail("MODULE_NOT_FOUND")],
    ["was never downloaded", fail()],
    ["was taken away", () => "/gone/electron"],
  ])("say what to do when Electron %s", (_situation, load) => {
    const found = findElectron(load, () => false);
    expect(found).toMatchObject({
      kind: "missing",
      text: expect.stringMatching(/Fix: .*install\.js[\s\S]*chromium --kiosk/),
    });
  });
});

/** Records what the shell does to Electron, and lets a test say what happens to the window. */
function fakeElectron() {
  const loads: string[] = [];
  const made: { kiosk?: boolean; webPreferences?: object }[] = [];
  const contents = Object.assign(new EventEmitter(), {
    session: Object.assign(new EventEmitter(), {
      setPermissionRequestHandler: vi.fn(),
      setPermissionCheckHandler: vi.fn(),
      setDevicePermissionHandler: vi.fn(),
    }),
    setWindowOpenHandler: vi.fn(),
  });
  const app = Object.assign(new EventEmitter(), { whenReady: async () => {}, quit: vi.fn() });
  const window = Object.assign(new EventEmitter(), {
    webContents: contents,
    loadURL: async (url: string) => void loads.push(url),
    isDestroyed: () => false,
    isMinimized: () => true,
    restore: vi.fn(),
    focus: vi.fn(),
  });
  class BrowserWindow {
    constructor(options: object) {
      made.push(options);
      app.emit("web-contents-created", {}, contents);
      Object.assign(this, window, { on: window.on.bind(window) });
    }
  }
  const electron = { app, BrowserWindow, Menu: { setApplicationMenu: vi.fn() } } as unknown as Electron;
  return { electron, app, window, contents, loads, made };
}

describe("the shell", () => {
  let e: ReturnType<typeof fakeElectron>;
  let shell: Shell;
  beforeEach(async () => {
    vi.useFakeTimers();
    e = fakeElectron();
    shell = new Shell(e.electron, { url: lane, windowed: false }, () => {});
    await shell.start();
  });
  afterEach(() => {
    shell.stop();
    vi.useRealTimers();
  });
  const event = () => ({ preventDefault: vi.fn() });

  it("opens one locked window that reaches nothing of the machine", () => {
    expect(e.loads).toEqual([lane]);
    expect(e.made[0]).toMatchObject({
      kiosk: true,
      webPreferences: { contextIsolation: true, sandbox: true, nodeIntegration: false, devTools: false },
    });
    expect(e.contents.setWindowOpenHandler.mock.calls[0]?.[0]()).toEqual({ action: "deny" });
    const answer = vi.fn();
    e.contents.session.setPermissionRequestHandler.mock.calls[0]?.[0](null, "media", answer);
    expect(answer).toHaveBeenCalledWith(false);
  });

  it.each(["will-navigate", "will-redirect"])("stays with its lane on %s", (name) => {
    const [away, here] = [event(), event()];
    e.contents.emit(name, away, "http://evil.example/");
    e.contents.emit(name, here, lane);
    expect(away.preventDefault).toHaveBeenCalled();
    expect(here.preventDefault).not.toHaveBeenCalled();
  });

  it("shows a friendly page while the lane is away, and tries again ever more slowly until it is back", () => {
    for (const waitMs of [500, 1000, 2000]) {
      e.contents.emit("did-fail-load", {}, -102, "ERR_CONNECTION_REFUSED", lane, true);
      expect(e.loads.at(-1)).toBe(awayPage);
      vi.advanceTimersByTime(waitMs - 1);
      expect(e.loads.at(-1)).toBe(awayPage);
      vi.advanceTimersByTime(1);
      expect(e.loads.at(-1)).toBe(lane);
    }
    e.contents.emit("did-navigate", {}, lane, 200);
    e.contents.emit("did-fail-load", {}, -102, "ERR_CONNECTION_REFUSED", lane, true);
    vi.advanceTimersByTime(500);
    expect(e.loads.at(-1)).toBe(lane);
  });

  it.each(["render-process-gone", "unresponsive"])("loads the page again on %s", (name) => {
    (name === "unresponsive" ? e.window : e.contents).emit(name, {}, { reason: "crashed" });
    vi.advanceTimersByTime(500);
    expect(e.loads).toEqual([lane, lane]);
  });

  it("is closed by the service manager, not by a shopper", () => {
    const [shopper, service] = [event(), event()];
    e.window.emit("close", shopper);
    e.app.emit("before-quit");
    e.window.emit("close", service);
    expect(shopper.preventDefault).toHaveBeenCalled();
    expect(service.preventDefault).not.toHaveBeenCalled();
  });

  it("comes to the front when it is started again", () => {
    e.app.emit("second-instance");
    expect(e.window.restore).toHaveBeenCalled();
    expect(e.window.focus).toHaveBeenCalled();
  });
});
