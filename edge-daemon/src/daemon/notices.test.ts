import type { LaneNotice } from "@tillsight/contracts";
import { expect, it } from "vitest";
import type { CameraStatus } from "../ports/camera.js";
import { type LaneCondition, laneNotices } from "./notices.js";

const live: CameraStatus = {
  state: "live",
  fault: null,
  detail: "live",
  width: 1280,
  height: 720,
  fps: 15,
  dropped: 0,
  reopened: 0,
};
const well: LaneCondition = {
  camera: live,
  references: 5,
  foreignReferences: 0,
  recognition: null,
  serviceMode: false,
  others: [],
};
const refused: LaneNotice = { code: "LINE_REFUSED", severity: "warning", text: "refused", fix: "retry" };

it("a lane that is well says nothing", () => {
  expect(laneNotices(well)).toEqual([]);
});

const cases: [situation: string, change: Partial<LaneCondition>, codes: string[]][] = [
  ["a covered camera", { camera: { ...live, state: "fault", fault: "covered" } }, ["CAMERA_COVERED"]],
  ["a camera that is only starting is no fault", { camera: { ...live, state: "starting" } }, []],
  ["nothing enrolled", { references: 0 }, ["CATALOG_EMPTY"]],
  ["items of another embedder", { foreignReferences: 3 }, ["CATALOG_OTHER_EMBEDDER"]],
  [
    "a fault comes before a warning, whoever speaks first",
    { camera: { ...live, state: "fault", fault: "black" }, others: [refused] },
    ["CAMERA_BLACK", "LINE_REFUSED"],
  ],
];
it.each(cases)("%s", (_situation, change, codes) => {
  const notices = laneNotices({ ...well, ...change });
  expect(notices.map((n) => n.code)).toEqual(codes);
  for (const notice of notices) expect(notice.fix).not.toBe("");
});
