import { examine, HealthReport } from "@tillsight/contracts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { parseConfig } from "../config/load.js";
import { openTestApi } from "../kiosk-api/test-api.js";
import { askLane, healthUrl } from "./ask-lane.js";
import { deviceChecks } from "./doctor-devices.js";

let t: Awaited<ReturnType<typeof openTestApi>>;
beforeEach(async () => {
  t = await openTestApi({});
});
afterEach(() => t.api.stop());

const configFor = (port: number) =>
  parseConfig({ kiosk: { port }, camera: { source: "/dev/video97" } }, "test");
const cameraCheck = deviceChecks.filter(({ name }) => name === "camera");

it("a camera that the running lane has is not opened a second time", async () => {
  t.lane.health = () =>
    HealthReport.parse({
      ...{ state: "ok", version: "0", uptimeSeconds: 1 },
      parts: { camera: { state: "ok", detail: "1280 x 720" } },
    });
  const findings = await examine(configFor(Number(new URL(t.url).port)), cameraCheck);
  expect(findings).toMatchObject([{ state: "ok", detail: "the running lane has it: 1280 x 720" }]);
});

it("a camera that the running lane has lost is a failure with its fix", async () => {
  t.lane.health = () =>
    HealthReport.parse({
      ...{ state: "failed", version: "0", uptimeSeconds: 1 },
      parts: { camera: { state: "failed", detail: "gone" } },
    });
  const [finding] = await examine(configFor(Number(new URL(t.url).port)), cameraCheck);
  expect(finding).toMatchObject({ state: "failure", fix: expect.stringContaining("camera.source") });
});

it("what is no lane is not taken for one", async () => {
  const config = configFor(1);
  await expect(askLane(config)).rejects.toThrow();
  expect(healthUrl(parseConfig({ kiosk: { host: "::1", port: 80 } }, "test"))).toBe(
    "http://[::1]:80/healthz",
  );
});
