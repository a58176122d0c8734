import { payBlock } from "../state/pay-block.js";
import { useUi } from "./lane-context.js";

/** Total and the way to pay. While an answer of the shopper is missing, the button leads to the question. */
export function PayBar() {
  const { state, t, price, act, dispatch } = useUi();
  if (!state.view) return null;
  const block = payBlock(state.view);
  // A question that the shopper can answer: the button leads to it.
  const ask = block && "line" in block && block.why !== "ageApproval" ? block : null;
  const going = Object.values(state.pending).some((p) => p.kind === "action" && p.action.do === "checkout");
  const pay = () => {
    if (going) return;
    const kinds = { choice: "choose", identification: "search", weight: "weigh" } as const;
    if (!block) act({ do: "checkout" });
    else if (ask && ask.why !== "ageApproval")
      dispatch({ type: "opened", dialog: { kind: kinds[ask.why], line: ask.line.id } });
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
        data-blocked={block !== null}
        aria-disabled={(block !== null && !ask) || going}
        aria-describedby="pay-reason"
        onClick={pay}
      >
        {t.pay}
      </button>
      <p id="pay-reason" className="pay-reason" data-why={block?.why} aria-live="polite">
        {reason}
      </p>
    </div>
  );
}
