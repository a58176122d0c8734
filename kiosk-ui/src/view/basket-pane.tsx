import { groupLines } from "../state/group-lines.js";
import { BasketRow } from "./basket-row.js";
import { Icon } from "./icon.js";
import { useUi } from "./lane-context.js";
import { PayBar } from "./pay-bar.js";

/** The basket as it stands, what it asks, and the way to pay. */
export function BasketPane() {
  const { state, t, dispatch } = useUi();
  const basket = state.view?.basket;
  if (!basket) return null;
  const groups = groupLines(basket.lines);
  const pieces = groups.filter((g) => g.lines[0].till !== "voided").reduce((sum, g) => sum + g.quantity, 0);
  return (
    <section className="basket" aria-labelledby="basket-title">
      <div className="basket-head">
        <h1 id="basket-title">{t.basket}</h1>
        <p className="basket-count">{pieces > 0 && t.items(pieces)}</p>
      </div>
      {groups.length === 0 && <p className="basket-empty">{t.basketEmpty}</p>}
      <ul className="basket-lines" hidden={groups.length === 0}>
        {groups.map((group) => (
          <BasketRow key={group.key} group={group} />
        ))}
      </ul>
      <div className="basket-tools">
        <button
          type="button"
          className="button quiet"
          onClick={() => dispatch({ type: "opened", dialog: { kind: "search", line: null } })}
        >
          <Icon name="search" />
          {t.addByHand}
        </button>
        {basket.status === "shopping" && (
          <button
            type="button"
            className="button quiet"
            onClick={() => dispatch({ type: "opened", dialog: { kind: "confirmCancel" } })}
          >
            {t.cancel}
          </button>
        )}
      </div>
      <PayBar />
    </section>
  );
}
