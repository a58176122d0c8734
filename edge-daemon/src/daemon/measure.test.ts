import { expect, it } from "vitest";
import { HealthBoard } from "../observe/health.js";
import { createMetrics } from "../observe/metrics.js";
import { noTillCounts } from "../pos/trace.js";
import { measure } from "./measure.js";

it("Prometheus gets what the parts say at the moment it asks", async () => {
  const health = new HealthBoard("0", () => 0);
  health.register("till", () => ({ state: "failed", detail: "gone" }));
  health.register("sync", () => ({
    ...{ state: "ok", detail: "" },
    facts: { connected: true, behind: 12, "refused gap": 3, "refused damaged": 1 },
  }));
  health.register("uplink", () => ({
    ...{ state: "ok", detail: "" },
    facts: { connected: false, "waiting sale": 6, "dropped crop": 9 },
  }));
  health.register("basket", () => ({ state: "ok", detail: "" }));
  let waiting = 3;
  const measured = {
    ...{ metrics: createMetrics(), health },
    camera: {
      status: () => ({
        ...{ state: "live" as const, fault: null, detail: "", width: 1, height: 1, fps: 15 },
        ...{ captured: 40, dropped: 30, reopened: 2 },
      }),
    },
    catalog: { lsn: 17, referenceCount: 5 },
    sink: { connected: () => false, counters: () => ({ ...noTillCounts(), discarded: 4 }) },
    keeper: { waiting: () => waiting },
  };
  const text = await measure(measured);
  for (const line of [
    "tillsight_camera_frames_captured 40",
    "tillsight_camera_frames_dropped 30",
    "tillsight_camera_reopened 2",
    "tillsight_catalog_lsn 17",
    "tillsight_till_connected 0",
    'tillsight_till_line_events{event="discarded"} 4',
    "tillsight_outbox_waiting 3",
    'tillsight_part_may_sell{part="till"} 0',
    'tillsight_part_may_sell{part="basket"} 1',
    "tillsight_sync_connected 1",
    "tillsight_sync_behind 12",
    'tillsight_sync_refused{reason="gap"} 3',
    'tillsight_sync_refused{reason="damaged"} 1',
    "tillsight_uplink_connected 0",
    'tillsight_uplink_waiting{stream="sale"} 6',
    'tillsight_uplink_dropped{stream="crop"} 9',
  ])
    expect(text.split("\n")).toContain(line);
  waiting = 0;
  expect(await measure(measured)).toContain("tillsight_outbox_waiting 0\n");
});
