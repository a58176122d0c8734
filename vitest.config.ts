import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "{contracts,contracts/sync-protocol,models,edge-daemon,cloud-sync,kiosk-ui}/src/**/*.test.ts",
      "kiosk-ui/electron/src/**/*.test.ts",
      "kiosk-ui/look/src/**/*.test.ts",
      "cloud-sync/console/src/**/*.test.ts",
      "scripts/**/*.test.{ts,mjs}",
    ],
    exclude: ["**/node_modules/**", "**/dist/**"],
    // Native addons (OpenCV, ONNX Runtime, SQLite) are only safe in processes of their own.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
