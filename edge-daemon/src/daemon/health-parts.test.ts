import { describe, expect, it } from "vitest";
import { ready } from "../kiosk-api/json-routes.js";
import type { CameraStatus } from "../ports/camera.js";
import { cameraHealth, networksHealth, noticesHealth, progressHealth } from "./health-parts.js";

const live: CameraStatus = {
  ...{ state: "live", fault: null, detail: "1280x720 at 30/s from /dev/video0", width: 1280, height: 720 },
  ...{ fps: 14.94, captured: 9, dropped: 1, reopened: 0 },
};
const maySell = (part: ReturnType<typeof cameraHealth>) =>
  ready({ state: part.state, version: "0", uptimeSeconds: 0, parts: { part } });

describe("a camera", () => {
  const cases: [situation: string, change: Partial<CameraStatus>, state: string, sells: boolean][] = [
    ["that gives pictures is ok", {}, "ok", true],
    ["that is being opened is not ready yet", { state: "starting" }, "starting", false],
    ["at fault sells nothing", { state: "fault", fault: "frozen" }, "failed", false],
    ["whose recording has ended may still be paid at", { state: "ended" }, "degraded", true],
  ];
  it.each(cases)("%s", (_situation, change, state, sells) => {
    const health = cameraHealth({ ...live, ...change });
    expect(health.state).toBe(state);
    expect(maySell(health)).toBe(sells);
  });

  it("tells what was opened and how fast it really is", () => {
    expect(cameraHealth(live).detail).toBe("1280x720 at 30/s from /dev/video0; now 14.9 a second");
  });
});

it("networks that fell back to another provider are degraded, with the reason", () => {
  const network = { id: "detector-1", provider: "cpu" as const };
  const fellBack = { ...network, refused: [{ provider: "cuda" as const, reason: "no driver" }] };
  expect(networksHealth([fellBack])).toMatchObject({
    state: "degraded",
    detail: expect.stringContaining("cuda for detector-1: no driver"),
    fix: expect.stringContaining("models.providers"),
  });
  expect(networksHealth([{ ...fellBack, refused: [] }])).toEqual({
    state: "ok",
    detail: "detector-1 on cpu",
  });
});

it("a loop that stands still is a failure by its name", () => {
  expect(progressHealth(["journal"])).toMatchObject({ state: "failed", detail: "standing still: journal" });
  expect(progressHealth([]).state).toBe("ok");
});

it("the worst notice decides about a part that speaks in notices", () => {
  const warning = { code: "A", severity: "warning" as const, text: "a", fix: "do a" };
  const fault = { code: "B", severity: "fault" as const, text: "b", fix: "do b" };
  expect(noticesHealth([], "well")).toEqual({ state: "ok", detail: "well" });
  expect(noticesHealth([warning], "well")).toMatchObject({ state: "degraded", fix: "do a" });
  expect(noticesHealth([warning, fault], "well")).toMatchObject({ state: "failed", detail: "b" });
});
