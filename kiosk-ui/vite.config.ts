import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The lane that `npm run dev -w kiosk-ui` talks to. */
const lane = process.env.TILLSIGHT_LANE ?? "http://127.0.0.1:7400";
/** The lane serves its own page only, so the development server presents itself as that page. */
const toLane = { target: lane, changeOrigin: true, headers: { origin: lane } };

export default defineConfig({
  plugins: [react()],
  build: { outDir: "dist/web", emptyOutDir: true, target: "chrome110", reportCompressedSize: false },
  server: {
    host: "127.0.0.1",
    proxy: {
      "/api": toLane,
      "/tray.jpg": toLane,
      "/items": toLane,
      "/ws": { ...toLane, ws: true, rewriteWsOrigin: true },
    },
  },
});
