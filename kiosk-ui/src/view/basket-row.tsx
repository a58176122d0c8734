import type { LineItem } from "@tillsight/contracts";
import type { LineGroup } from "../state/group-lines.js";
import { Icon } from "./icon.js";
import { useUi } from "./lane-context.js";

/** The one thing that a line waits for, as a button where the shopper can do it. */
function Need({ line }: { line: LineItem }) {
  const { t, dispatch } = useUi();
  if (line.need === "none" || line.need === "ageApproval") return null;
  const asks = {
    choice: { text: t.choose, kind: "choose" },
    identification: { text: t.find, kind: "search" },
    weight: { text: t.weigh, kind: "weigh" },
  } as const;
  const { text, kind } = asks[line.need];
  return (
    <button
      type="button"
      className="button ask"
      onClick={() => dispatch({ type: "opened", dialog: { kind, line: line.id } })}
    >
      {text}
    </button>
  );
}

/** Only what was added by hand can be changed by hand: the tray decides the rest. */
function Stepper({ line }: { line: LineItem }) {
  const { t, act } = useUi();
  if (line.trayItemId !== null) return null;
  const fewer = () =>
    line.quantity > 1 && line.unit === "each"
      ? act({ do: "setQuantity", line: line.id, quantity: line.quantity - 1 })
      : act({ do: "remove", line: line.id });
  return (
    <span className="stepper">
      <button type="button" className="button round" aria-label={t.fewer(line.name)} onClick={fewer}>
        <Icon name="minus" />
      </button>
      {line.unit === "each" && line.need !== "identification" && (
        <button
          type="button"
          className="button round"
          aria-label={t.more(line.name)}
          onClick={() => act({ do: "setQuantity", line: line.id, quantity: line.quantity + 1 })}
        >
          <Icon name="plus" />
        </button>
      )}
    </span>
  );
}

export function BasketRow({ group }: { group: LineGroup }) {
  const { t, price } = useUi();
  const [line] = group.lines;
  const open = line.need === "choice" || line.need === "identification";
  const name = open ? (line.need === "choice" ? t.which : t.unknown) : line.name;
  const unit = line.unit === "weight" ? t.perKilo : t.each;
  const showUnit = !open && (line.unit === "weight" || group.quantity > 1);
  const weight = line.grams === null ? "" : `${line.grams} g · `;
  return (
    <li className="row" data-need={line.need} data-till={line.till}>
      <span className="row-quantity">{group.quantity}</span>
      <span className="row-name">
        {name}
        {showUnit && <span className="row-unit">{`${weight}${price(line.unitPrice)} ${unit}`}</span>}
        {line.need === "ageApproval" && <span className="badge">{t.staffComing(line.minAge)}</span>}
        {line.till === "voided" && <span className="row-unit">{t.till.voided}</span>}
      </span>
      <Stepper line={line} />
      <Need line={line} />
      {!open && line.need !== "weight" && <span className="row-total">{price(group.total)}</span>}
    </li>
  );
}
