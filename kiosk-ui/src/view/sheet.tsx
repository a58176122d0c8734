import { type ReactNode, useEffect, useId, useRef } from "react";
import { Icon } from "./icon.js";
import { useUi } from "./lane-context.js";
import { ProblemText } from "./problem-toast.js";

interface Props {
  title: string;
  hint?: string;
  /** `side`: a drawer that leaves the page in view. */
  shape?: "middle" | "side";
  children: ReactNode;
}

/** A modal dialog: the browser keeps the focus inside and closes it on Escape. */
export function Sheet({ title, hint, shape = "middle", children }: Props) {
  const { t, state, dispatch } = useUi();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
    // The browser would begin at the close button.
    element?.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => element?.close();
  }, []);
  const close = () => dispatch({ type: "closed" });
  return (
    <dialog
      ref={dialog}
      className="sheet"
      data-shape={shape}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <div className="sheet-head">
        <div>
          <h2 id={titleId}>{title}</h2>
          {hint && <p>{hint}</p>}
        </div>
        <button type="button" className="button round" aria-label={t.close} onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      {state.problem && <ProblemText problem={state.problem} />}
      {children}
    </dialog>
  );
}
