import { useUi } from "./lane-context.js";
import { Sheet } from "./sheet.js";

export function CancelDialog() {
  const { t, act, dispatch } = useUi();
  const cancel = () => {
    act({ do: "cancel" });
    dispatch({ type: "closed" });
  };
  return (
    <Sheet title={t.cancelQuestion} hint={t.cancelHint}>
      <div className="choices">
        <button type="button" className="button primary" onClick={() => dispatch({ type: "closed" })}>
          {t.goOn}
        </button>
        <button type="button" className="button danger" onClick={cancel}>
          {t.cancelYes}
        </button>
      </div>
    </Sheet>
  );
}
