import type { Gtin, LaneNotice } from "@tillsight/contracts";
import type { CameraStatus } from "../ports/camera.js";
import type { PictureSuspect } from "./suspected-pictures.js";

/** What the lane knows of its parts when it decides what to tell people. */
export interface LaneCondition {
  readonly camera: CameraStatus;
  readonly references: number;
  /** References of another embedder than the one that runs. */
  readonly foreignReferences: number;
  /** Products sold by weight that cannot be paid here, because the till's protocol carries no weight. */
  readonly unsoldByWeight: number;
  /** Barcodes on the tray that the catalog does not know. */
  readonly unknownBarcodes: readonly Gtin[];
  /** Items that are probably pictures of products. */
  readonly suspects: readonly PictureSuspect[];
  /** Why recognition has stopped deciding, or null. */
  readonly recognition: { readonly text: string; readonly fix: string } | null;
  /** Headquarters has put the lane into service mode. */
  readonly serviceMode: boolean;
  /** Of parts that speak for themselves: basket and journal, till. */
  readonly others: readonly LaneNotice[];
}

const weight = { fault: 0, warning: 1, info: 2 } as const;

const cameraFixes = {
  unplugged: "Check the camera's cable; it goes on by itself when the camera is back.",
  hung: "The camera is being restarted; unplug it and plug it in again if this stays.",
  frozen: "The camera sends the same picture again and again: unplug it and plug it in again.",
  black: "Switch the light over the tray on, and take the cap off the lens.",
  covered: "Take away what covers the camera.",
} as const;

/** What of the catalog cannot be sold here. */
function catalogNotices(now: LaneCondition): LaneNotice[] {
  const notices: LaneNotice[] = [];
  if (now.references === 0)
    notices.push({
      code: "CATALOG_EMPTY",
      severity: "warning",
      text: "The catalog knows no pictures of products, so nothing can be recognised",
      fix: "Connect headquarters (sync.brokerUrl) or add items with `tillsight enroll`.",
    });
  if (now.foreignReferences > 0)
    notices.push({
      code: "CATALOG_OTHER_EMBEDDER",
      severity: "warning",
      text: `${now.foreignReferences} pictures were enrolled with another embedder, so their items are not recognised`,
      fix: "Enrol these items again, or put the embedder back that models.folder held before.",
    });
  if (now.unsoldByWeight > 0)
    notices.push({
      code: "WEIGHED_GOODS_UNSOLD",
      severity: "warning",
      text: `${now.unsoldByWeight} product(s) sold by weight, which the till's protocol cannot carry`,
      fix: "Set till.protocol to till-line where the till speaks it; otherwise sell them at the till by hand.",
    });
  if (now.unknownBarcodes.length > 0)
    notices.push({
      code: "BARCODE_UNKNOWN",
      severity: "warning",
      text: `On the tray is a barcode that the catalog does not know: ${now.unknownBarcodes.join(", ")}`,
      fix: "Add it to its product at headquarters, or with `tillsight enroll --gtin`; until then the picture decides.",
    });
  return notices;
}

const carriers = {
  print: "a printed picture of a product",
  screen: "a picture of a product on a screen",
  label: "a label stuck on something else",
} as const;

/** For the attendant, who sees the item's picture beside it; the shopper is asked what it is, and not accused. */
function pictureNotices({ suspects }: LaneCondition): LaneNotice[] {
  return suspects.map(({ itemId, probability, carrier }) => ({
    code: "PICTURE_OF_PRODUCT",
    severity: "warning",
    text: `An item on the tray looks like ${carriers[carrier]} (${Math.floor(probability * 100)} %)`,
    fix: "Look at the item: take it off the tray, or say what it is.",
    picture: `/items/${encodeURIComponent(itemId)}.jpg`,
  }));
}

/** Everything that people must know now, worst first. Pure. */
export function laneNotices(now: LaneCondition): LaneNotice[] {
  const notices: LaneNotice[] = [...now.others];
  const { fault } = now.camera;
  if (now.camera.state === "fault" && fault)
    notices.push({
      code: `CAMERA_${fault.toUpperCase()}`,
      severity: "fault",
      text: now.camera.detail,
      fix: cameraFixes[fault],
    });
  if (now.serviceMode)
    notices.push({
      code: "SERVICE_MODE",
      severity: "warning",
      text: "This lane is in service mode: nothing new is sold",
      fix: "Headquarters switches it off when the work is done.",
    });
  if (now.recognition) notices.push({ code: "RECOGNITION_FAILED", severity: "fault", ...now.recognition });
  return [...notices, ...pictureNotices(now), ...catalogNotices(now)].sort(
    (a, b) => weight[a.severity] - weight[b.severity],
  );
}
