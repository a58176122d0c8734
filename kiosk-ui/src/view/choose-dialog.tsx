import type { LineItem } from "@tillsight/contracts";
import { offersFor } from "../state/item-look.js";
import { useUi } from "./lane-context.js";
import { ProductTile } from "./product-tile.js";
import { Sheet } from "./sheet.js";

/** Two to four candidates to touch: asking costs a touch, guessing would cost money. */
export function ChooseDialog({ line }: { line: LineItem }) {
  const { state, t, act, dispatch } = useUi();
  const cards = offersFor(line, state.view?.tray.items ?? []).map((sku) => state.cards[sku]);
  return (
    <Sheet title={t.chooseTitle} hint={t.chooseHint}>
      <ul className="tiles" data-count={cards.length}>
        {cards.map(
          (card) =>
            card && (
              <li key={card.sku}>
                <ProductTile
                  product={card}
                  onPick={() => act({ do: "resolve", line: line.id, sku: card.sku })}
                />
              </li>
            ),
        )}
      </ul>
      <button
        type="button"
        className="button wide"
        onClick={() => dispatch({ type: "opened", dialog: { kind: "search", line: line.id } })}
      >
        {t.noneOfThese}
      </button>
    </Sheet>
  );
}
