import { payBlock } from "../state/pay-block.js";
import { useUi } from "./lane-context.js";

/** Total and the way to pay. The button stays in reach when it cannot pay yet: it then leads to the reason. */
export function PayBar() {
  const { state, t, price, act, dispatch } = useUi();
  if (!state.view) return null;
  const block = payBlock(state.view);
  const going = Object.values(state.pending).some((p) => p.kind === "action" && p.action.do === "checkout");
  const pay = () => {
    if (going) return;
    if (!block) return act({ do: "checkout" });
    if (!("line" in block) || block.why === "ageApproval") return;
    const kinds = { choice: "choose", identification: "search", weight: "weigh" } as const;
    dispatch({ type: "opened", dialog: { kind: kinds[block.why], line: block.line.id } });
  };
  const reason = block ? t.payBlocked(block) : "";
  return (
    <div className="pay">
      <p className="total" aria-live="polite" aria-atomic="true">
        <span>{t.total}</span>
        <strong>{price(state.view.basket.total)}</strong>
      </p>
      <button
        type="button"
        className="button primary"
        aria-disabled={block !== null || going}
        aria-describedby="pay-reason"
        onClick={pay}
      >
        {t.pay}
      </button>
      <p id="pay-reason" className="pay-reason" aria-live="polite">
        {reason}
      </p>
    </div>
  );
}
