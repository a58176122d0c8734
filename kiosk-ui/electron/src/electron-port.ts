/**
 * The part of Electron's main-process API that the shell uses (Electron 25 and later). Declared here because
 * the package is optional: everything must compile where it is absent.
 */
export interface PreventableEvent {
  preventDefault(): void;
}

export interface WebContents {
  readonly session: Session;
  on(
    event: "will-navigate" | "will-redirect",
    listener: (event: PreventableEvent, url: string) => void,
  ): void;
  on(event: "will-attach-webview", listener: (event: PreventableEvent) => void): void;
  on(event: "did-navigate", listener: (event: unknown, url: string, httpStatus: number) => void): void;
  on(
    event: "did-fail-load",
    listener: (event: unknown, code: number, text: string, url: string, isMainFrame: boolean) => void,
  ): void;
  on(event: "render-process-gone", listener: (event: unknown, details: { reason: string }) => void): void;
  setWindowOpenHandler(handler: () => { action: "deny" }): void;
}

export interface Session {
  setPermissionRequestHandler(
    handler: (contents: unknown, permission: string, answer: (granted: boolean) => void) => void,
  ): void;
  setPermissionCheckHandler(handler: () => boolean): void;
  setDevicePermissionHandler(handler: () => boolean): void;
  on(event: "will-download", listener: (event: PreventableEvent) => void): void;
}

export interface BrowserWindow {
  readonly webContents: WebContents;
  loadURL(url: string): Promise<void>;
  isDestroyed(): boolean;
  isMinimized(): boolean;
  restore(): void;
  focus(): void;
  on(event: "unresponsive", listener: () => void): void;
  on(event: "close", listener: (event: PreventableEvent) => void): void;
}

export interface Electron {
  readonly app: {
    whenReady(): Promise<void>;
    quit(): void;
    exit(code: number): void;
    requestSingleInstanceLock(): boolean;
    enableSandbox(): void;
    on(event: "second-instance" | "window-all-closed" | "before-quit", listener: () => void): void;
    on(event: "web-contents-created", listener: (event: unknown, contents: WebContents) => void): void;
  };
  readonly BrowserWindow: new (options: object) => BrowserWindow;
  readonly Menu: { setApplicationMenu(menu: null): void };
}
