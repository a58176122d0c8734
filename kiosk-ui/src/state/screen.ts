import type { LaneView } from "@tillsight/contracts";
import type { UiState } from "./ui-state.js";

/** What fills the page. `shopping` includes the welcome: goods are always welcome on the tray. */
export type Screen = "connecting" | "lost" | "shopping" | "paying" | "done" | "cancelled" | "suspended";

export function screenOf(state: Pick<UiState, "link" | "view">): Screen {
  if (!state.view) return "connecting";
  if (state.link !== "live") return "lost";
  const { status } = state.view.basket;
  return status === "idle" ? "shopping" : status;
}

/** Whether the tray's picture may be shown: only while it is known to be live. */
export const pictureWanted = (state: Pick<UiState, "link" | "view">): boolean =>
  state.link === "live" && state.view !== null && state.view.tray.phase !== "cameraFault";

export interface PayProgress {
  readonly settled: number;
  readonly all: number;
  /** Lines that wait for the attendant. */
  readonly stuck: number;
}

export function payProgress({ lines }: LaneView["basket"]): PayProgress {
  const live = lines.filter((line) => line.till !== "voided");
  return {
    settled: live.filter((line) => line.till === "settled").length,
    all: live.length,
    stuck: live.filter((line) => line.till === "refused" || line.till === "inDoubt").length,
  };
}
