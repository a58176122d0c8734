import type { Box, TrayState } from "@tillsight/contracts";
import type { CSSProperties } from "react";
import type { ItemLook } from "../state/item-look.js";
import { Icon, type IconName } from "./icon.js";
import { useUi } from "./lane-context.js";

const icons: Record<ItemLook["state"], IconName> = {
  matched: "check",
  choice: "question",
  unknown: "question",
  occluded: "hand",
};

const percent = (part: number, whole: number): string => `${(100 * part) / Math.max(whole, 1)}%`;

function place(box: Box, tray: Pick<TrayState, "width" | "height">): CSSProperties {
  return {
    left: percent(box.x, tray.width),
    top: percent(box.y, tray.height),
    width: percent(box.w, tray.width),
    height: percent(box.h, tray.height),
  };
}

/** How near to a side of the picture, 0..1 of its width, a name would be cut off if it were centred. */
const sideMargin = 0.14;

function sideOf(box: Box, tray: Pick<TrayState, "width">): "left" | "right" | undefined {
  const middle = (box.x + box.w / 2) / Math.max(tray.width, 1);
  if (middle < sideMargin) return "left";
  return middle > 1 - sideMargin ? "right" : undefined;
}

interface Props {
  box: Box;
  tray: Pick<TrayState, "width" | "height">;
  look: ItemLook;
  barcode: boolean;
}

/** One item's frame and name; a button when it waits for an answer. */
export function TrayBox({ box, tray, look, barcode }: Props) {
  const { state, t, dispatch } = useUi();
  const question = look.state === "unknown" ? t.unknown : t.which;
  const hidden = look.name ? `${look.name} · ${t.hidden}` : t.hidden;
  const text = look.state === "occluded" ? hidden : look.ask || !look.name ? question : look.name;
  const score = state.showScores ? ` ${look.score.toFixed(2)}${barcode ? " ▮" : ""}` : "";
  const label = (
    <span className="tray-label">
      <Icon name={icons[look.state]} />
      <span className="tray-name">{text}</span>
      {score && <span className="tray-score">{score}</span>}
    </span>
  );
  const side = sideOf(box, tray);
  const { ask } = look;
  if (!ask)
    return (
      <div className="tray-box" data-state={look.state} data-side={side} style={place(box, tray)}>
        {label}
      </div>
    );
  const kind = ask.need === "choice" ? "choose" : "search";
  return (
    <button
      type="button"
      className="tray-box"
      data-state={look.state}
      data-side={side}
      style={place(box, tray)}
      onClick={() => dispatch({ type: "opened", dialog: { kind, line: ask.id } })}
    >
      {label}
    </button>
  );
}
