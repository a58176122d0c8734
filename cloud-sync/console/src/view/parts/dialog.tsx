import { type ReactNode, useEffect, useId, useRef } from "react";
import { Icon } from "./icon.js";

interface Props {
  readonly title: string;
  readonly closeText: string;
  /** Undefined: it cannot be closed without a decision. */
  readonly onClose?: (() => void) | undefined;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

/** A modal dialog: the browser keeps the focus inside, closes it on Escape, and puts the focus back. */
export function Dialog({ title, closeText, onClose, wide, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (element && !element.open) element.showModal();
    // The browser would begin at the close button.
    const first = element?.querySelector<HTMLElement>(
      "[data-first], .dialog-body :is(input, select, textarea)",
    );
    first?.focus();
    return () => {
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      data-wide={wide}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <div className="dialog-head">
        <h2 id={titleId}>{title}</h2>
        {onClose && (
          <button type="button" className="button icon-only quiet" aria-label={closeText} onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </div>
      <div className="dialog-body">{children}</div>
    </dialog>
  );
}
