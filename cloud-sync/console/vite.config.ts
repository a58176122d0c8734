import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The headquarters that `npm run dev -w cloud-sync/console` talks to. */
const headquarters = process.env.TILLSIGHT_HEADQUARTERS ?? "http://127.0.0.1:7480";
/** It serves its own page only, so the development server presents itself as that page. */
const api = { target: headquarters, changeOrigin: true, headers: { origin: headquarters }, ws: true };

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "chrome110",
    reportCompressedSize: false,
    // One file, about 160 kB as it is sent, which a browser keeps until the next release.
    chunkSizeWarningLimit: 700,
  },
  server: { host: "127.0.0.1", proxy: { "/api": api, "/healthz": api } },
});
