interface PreloadElectron {
  readonly contextBridge: { exposeInMainWorld(name: string, value: object): void };
}

const { contextBridge } = require("electron") as PreloadElectron;

/** The page needs nothing of the machine; it may know where it runs. */
contextBridge.exposeInMainWorld("tillsightShell", { kind: "electron" });

// A file dropped on the window would replace the page.
for (const event of ["dragover", "drop"]) window.addEventListener(event, (e) => e.preventDefault());
