import { Gtin, type LaneNotice } from "@tillsight/contracts";
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
  captured: 0,
  dropped: 0,
  reopened: 0,
};
const well: LaneCondition = {
  camera: live,
  references: 5,
  foreignReferences: 0,
  unsoldByWeight: 0,
  unknownBarcodes: [],
  suspects: [],
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
    "goods by weight at a till that cannot be told a weight",
    { unsoldByWeight: 12 },
    ["WEIGHED_GOODS_UNSOLD"],
  ],
  [
    "a barcode on the tray that the catalog does not know",
    { unknownBarcodes: [Gtin.parse("4006381333931")] },
    ["BARCODE_UNKNOWN"],
  ],
  [
    "a picture of a product instead of the product",
    { suspects: [{ itemId: "item-3", probability: 0.97, carrier: "screen" }] },
    ["PICTURE_OF_PRODUCT"],
  ],
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
