import { AttendantPanel } from "./attendant-panel.js";
import { CancelDialog } from "./cancel-dialog.js";
import { ChooseDialog } from "./choose-dialog.js";
import { useUi } from "./lane-context.js";
import { PinDialog } from "./pin-dialog.js";
import { ProblemToast } from "./problem-toast.js";
import { SearchDialog } from "./search-dialog.js";
import { WeighDialog } from "./weigh-dialog.js";

/** The dialog that is open, if any, or what went wrong without one. */
export function Dialogs() {
  const { state } = useUi();
  const { dialog } = state;
  const lines = state.view?.basket.lines ?? [];
  const line = dialog && "line" in dialog ? lines.find((l) => l.id === dialog.line) : undefined;
  switch (dialog?.kind) {
    case "choose":
      return line ? <ChooseDialog line={line} /> : null;
    case "search":
      return <SearchDialog line={line ?? null} />;
    case "weigh":
      return line ? <WeighDialog line={line} /> : null;
    case "confirmCancel":
      return <CancelDialog />;
    case "pin":
      return <PinDialog />;
    case "attendant":
      return <AttendantPanel />;
    default:
      return <ProblemToast />;
  }
}
