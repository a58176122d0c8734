import type { TillReceiptLine } from "@tillsight/contracts";
import { useEffect, useRef } from "react";
import { useUi } from "./lane-context.js";

const mostShown = 200;

/** Demo only: the till's own view of what came over the line, as its receipt. */
export function TillPane({ lines }: { lines: readonly TillReceiptLine[] }) {
  const { t, price, state } = useUi();
  const end = useRef<HTMLDivElement>(null);
  const count = lines.length;
  useEffect(() => {
    const roll = end.current;
    if (roll && count > 0) roll.scrollTop = roll.scrollHeight;
  }, [count]);
  const time = new Intl.DateTimeFormat(state.locale, { timeStyle: "medium" });
  const first = Math.max(0, count - mostShown);
  return (
    <aside className="till" aria-label={t.tillView}>
      <h2>{t.tillView}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className="till-roll" ref={end} tabIndex={0} role="log">
        {count === 0 && <p className="till-empty">{t.tillEmpty}</p>}
        {lines.slice(first).map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the till only ever appends
          <p key={first + i} className="till-line" data-kind={line.kind}>
            <time dateTime={line.at}>{time.format(new Date(line.at))}</time>
            <span>{line.text}</span>
            {line.total && <strong>{price(line.total)}</strong>}
          </p>
        ))}
      </div>
    </aside>
  );
}
