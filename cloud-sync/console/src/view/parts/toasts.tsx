import { useEffect, useState } from "react";
import type { Strings } from "../../i18n/index.js";
import type { Toast } from "../hq.js";
import { Icon } from "./icon.js";

export interface ShownToast extends Toast {
  readonly id: number;
}

const shownForMs = 8_000;
let made = 0;

/** What was just done, with a way back where there is one. */
export function useToasts(): {
  toasts: readonly ShownToast[];
  say: (toast: Toast) => void;
  drop: (id: number) => void;
} {
  const [toasts, setToasts] = useState<readonly ShownToast[]>([]);
  const [tools] = useState(() => ({
    say: (toast: Toast) => setToasts((list) => [...list.slice(-2), { ...toast, id: ++made }]),
    drop: (id: number) => setToasts((list) => list.filter((toast) => toast.id !== id)),
  }));
  return { toasts, ...tools };
}

interface Props {
  readonly t: Strings;
  readonly toasts: readonly ShownToast[];
  readonly drop: (id: number) => void;
}

export function Toasts({ t, toasts, drop }: Props) {
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <OneToast key={toast.id} t={t} toast={toast} drop={drop} />
      ))}
    </div>
  );
}

function OneToast({ t, toast, drop }: { t: Strings; toast: ShownToast; drop: (id: number) => void }) {
  const { id, undo } = toast;
  const [held, setHeld] = useState(false);
  useEffect(() => {
    // Whoever reads or aims at it is not hurried.
    if (held) return;
    const timer = setTimeout(() => drop(id), shownForMs);
    return () => clearTimeout(timer);
  }, [drop, id, held]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps it while it is looked at
    <div
      className="toast"
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span>{toast.text}</span>
      {undo && (
        <button
          type="button"
          className="button small"
          onClick={() => {
            drop(id);
            undo();
          }}
        >
          <Icon name="undo" />
          {t.common.undo}
        </button>
      )}
      <button
        type="button"
        className="button icon-only quiet"
        aria-label={t.common.close}
        onClick={() => drop(id)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
