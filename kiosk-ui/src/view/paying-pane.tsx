import type { LineTill } from "@tillsight/contracts";
import { groupLines } from "../state/group-lines.js";
import { payProgress } from "../state/screen.js";
import { Icon, type IconName } from "./icon.js";
import { useUi } from "./lane-context.js";

const icons: Partial<Record<LineTill, IconName>> = {
  settled: "check",
  refused: "alert",
  inDoubt: "alert",
  voided: "close",
};

/** Each line on its way to the till. */
export function PayingPane() {
  const { state, t, price } = useUi();
  const basket = state.view?.basket;
  if (!basket) return null;
  const { settled, all, stuck } = payProgress(basket);
  return (
    <section className="basket" aria-labelledby="paying-title">
      <div className="basket-head">
        <h1 id="paying-title">{t.payingTitle}</h1>
      </div>
      <p className="paying-hint" role="status">
        {stuck > 0 ? t.payingStuck : state.view?.tillConnected ? t.payingHint : t.payBlocked({ why: "till" })}
      </p>
      <progress className="paying-bar" value={settled} max={Math.max(all, 1)} aria-label={t.payingTitle} />
      <p className="paying-count" aria-live="polite">
        {t.progress(settled, all)}
      </p>
      <ul className="basket-lines">
        {groupLines(basket.lines).map(({ key, lines: [line], quantity, total }) => (
          <li className="row" key={key} data-till={line.till}>
            <span className="row-quantity">{quantity}</span>
            <span className="row-name">
              {line.name}
              <span className="row-unit">{t.till[line.till]}</span>
            </span>
            <span className="row-mark" data-till={line.till}>
              {icons[line.till] ? <Icon name={icons[line.till] ?? "check"} /> : <span className="dots" />}
            </span>
            <span className="row-total">{price(total)}</span>
          </li>
        ))}
      </ul>
      <p className="total">
        <span>{t.total}</span>
        <strong>{price(basket.total)}</strong>
      </p>
    </section>
  );
}
