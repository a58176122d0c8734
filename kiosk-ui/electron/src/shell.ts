import { join } from "node:path";
import { awayPage } from "./away-page.js";
import { laneIsAway, mayNavigate, pageIsMissing, retryDelay, type ShellOptions } from "./decide.js";
import type { BrowserWindow, Electron, WebContents } from "./electron-port.js";

/** One locked window on the lane's page, kept there whatever happens to lane or renderer. */
export class Shell {
  readonly #electron: Electron;
  readonly #options: ShellOptions;
  readonly #log: (line: string) => void;
  #window: BrowserWindow | undefined;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #quitting = false;

  constructor(electron: Electron, options: ShellOptions, log: (line: string) => void) {
    this.#electron = electron;
    this.#options = options;
    this.#log = log;
  }

  async start(): Promise<void> {
    const { app, Menu } = this.#electron;
    app.on("second-instance", () => this.#show());
    app.on("window-all-closed", () => app.quit());
    app.on("before-quit", () => this.stop());
    // Before any page exists, so that none escapes.
    app.on("web-contents-created", (_event, contents) => this.#lock(contents));
    await app.whenReady();
    Menu.setApplicationMenu(null);
    this.#window = this.#open();
    this.#load();
  }

  stop(): void {
    this.#quitting = true;
    clearTimeout(this.#retry);
  }

  #open(): BrowserWindow {
    const { windowed } = this.#options;
    const window = new this.#electron.BrowserWindow({
      width: 1280,
      height: 800,
      kiosk: !windowed,
      fullscreen: !windowed,
      autoHideMenuBar: true,
      backgroundColor: "#f4f1ea",
      webPreferences: {
        preload: join(__dirname, "preload.js"),
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        devTools: windowed,
      },
    });
    const contents = window.webContents;
    contents.on("did-fail-load", (_event, code, text, _url, isMainFrame) => {
      if (laneIsAway(code, isMainFrame)) this.#lost(`the lane does not answer (${text})`, true);
    });
    contents.on("did-navigate", (_event, url, status) => {
      if (!mayNavigate(url, this.#options.url)) return;
      if (pageIsMissing(status)) this.#lost(`the lane has no page yet (HTTP ${status})`, false);
      else this.#failures = 0;
    });
    contents.on("render-process-gone", (_event, { reason }) =>
      this.#lost(`the page ended: ${reason}`, false),
    );
    window.on("unresponsive", () => this.#lost("the page hangs", false));
    window.on("close", (event) => {
      // A shopper with a keyboard must not close the till; the service manager may.
      if (!windowed && !this.#quitting) event.preventDefault();
    });
    return window;
  }

  #lock(contents: WebContents): void {
    const stay = (event: { preventDefault(): void }, url: string) => {
      if (mayNavigate(url, this.#options.url)) return;
      event.preventDefault();
      this.#log(`refused to leave the lane for ${url}`);
    };
    contents.on("will-navigate", stay);
    contents.on("will-redirect", stay);
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: "deny" }));
    contents.session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
    contents.session.setPermissionCheckHandler(() => false);
    contents.session.setDevicePermissionHandler(() => false);
    contents.session.on("will-download", (event) => event.preventDefault());
  }

  #show(): void {
    if (this.#window?.isMinimized()) this.#window.restore();
    this.#window?.focus();
  }

  #load(): void {
    // A failed load also rejects; did-fail-load handles it.
    if (!this.#window?.isDestroyed()) this.#window?.loadURL(this.#options.url).catch(() => {});
  }

  #lost(why: string, away: boolean): void {
    if (this.#quitting) return;
    clearTimeout(this.#retry);
    const waitMs = retryDelay(this.#failures++);
    this.#log(`${why}; trying again in ${waitMs} ms`);
    if (away && !this.#window?.isDestroyed()) this.#window?.loadURL(awayPage).catch(() => {});
    this.#retry = setTimeout(() => this.#load(), waitMs);
  }
}
