import type { LaneNotice, PartHealth } from "@tillsight/contracts";
import type { NetworkInfo } from "@tillsight/models";
import type { CameraStatus } from "../ports/camera.js";
import type { Scale } from "../ports/scale.js";

/** A faulty camera sells nothing new, but what is in the basket can still be paid. */
export function cameraHealth(status: CameraStatus): PartHealth {
  const { width, height, fps, captured, dropped, reopened } = status;
  const facts = { width, height, fps, captured, dropped, reopened };
  if (status.state === "fault") return { state: "failed", detail: status.detail, facts };
  if (status.state === "starting") return { state: "starting", detail: status.detail, facts };
  if (status.state === "ended") return { state: "degraded", detail: "the source has ended", facts };
  return { state: "ok", detail: `${status.detail}; now ${fps.toFixed(1)} a second`, facts };
}

const how = ({ tuned }: NetworkInfo): string => {
  if (!tuned) return "";
  const { threads, batch, source } = tuned;
  return ` (${threads} thread${threads === 1 ? "" : "s"}${batch > 1 ? `, batches of ${batch}` : ""}, ${source})`;
};

/** Honest about what the networks run on: a fallback is degraded, not hidden. */
export function networksHealth(networks: readonly NetworkInfo[]): PartHealth {
  const detail = networks.map((n) => `${n.id} on ${n.provider}${how(n)}`).join(", ");
  const refused = networks.flatMap((n) => n.refused.map((r) => `${r.provider} for ${n.id}: ${r.reason}`));
  if (refused.length === 0) return { state: "ok", detail };
  return {
    state: "degraded",
    detail: `${detail}; not to be had: ${refused.join("; ")}`,
    fix: "Install the driver that models.providers asks for, or take it out of the list.",
  };
}

/** Loops that stand still are a failure, whatever else seems well. */
export function progressHealth(stale: readonly string[]): PartHealth {
  if (stale.length === 0) return { state: "ok", detail: "every loop makes progress" };
  return {
    state: "failed",
    detail: `standing still: ${stale.join(", ")}`,
    fix: "The watchdog restarts the lane; send the log around this to support.",
  };
}

/** The health of a part that speaks in notices: its worst one decides. */
export function noticesHealth(notices: readonly LaneNotice[], well: string): PartHealth {
  const worst = notices.find((n) => n.severity === "fault") ?? notices[0];
  if (!worst) return { state: "ok", detail: well };
  return { state: worst.severity === "fault" ? "failed" : "degraded", detail: worst.text, fix: worst.fix };
}

/** Without a scale items are recognised by their pictures alone: a loss, no failure. */
export function scaleHealth(scale: Pick<Scale, "fault" | "grams">, path: string): PartHealth {
  const fault = scale.fault();
  if (fault) return { state: "degraded", detail: fault.message, fix: fault.fix };
  const grams = scale.grams();
  return { state: "ok", detail: `${path}, ${grams === null ? "not still" : `${grams.toFixed(0)} g`}` };
}
