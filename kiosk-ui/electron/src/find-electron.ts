export type Found =
  | { readonly kind: "found"; readonly path: string }
  | { readonly kind: "missing"; readonly text: string };

const text = (why: string): string => `The kiosk shell needs Electron, ${why}.
Fix: node node_modules/electron/install.js   (downloads it once; needs the network)
     or set ELECTRON_OVERRIDE_DIST_PATH to the folder of an Electron that you have.
Without it any browser shows the same page: chromium --kiosk --app=http://127.0.0.1:7400/`;

/**
 * Where Electron's executable is.
 * @param load what `require("electron")` does in Node: gives the path, or throws when it was never downloaded
 * @param exists whether there is a file at a path
 */
export function findElectron(load: () => unknown, exists: (path: string) => boolean): Found {
  let path: unknown;
  try {
    path = load();
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND";
    return {
      kind: "missing",
      text: text(absent ? "which is not installed" : "whose program was not downloaded"),
    };
  }
  if (typeof path === "string" && exists(path)) return { kind: "found", path };
  return { kind: "missing", text: text(`which is not at ${String(path)}`) };
}

/** Chromium refuses to run as root with its sandbox on, and the shell never turns it off. */
export const asRoot = `The kiosk shell does not run as root, because its sandbox would have to be off.
Fix: start it as the user of the kiosk's screen.`;
