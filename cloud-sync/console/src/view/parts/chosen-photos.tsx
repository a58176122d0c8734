import { readDetails } from "../../api/products.js";
import type { ProductDetail } from "../../api/schemas.js";
import { useHq } from "../hq.js";
import type { Chosen } from "../use-chosen.js";
import { Card } from "./page.js";
import { ProductPicker } from "./product-picker.js";
import { ThumbOfFile } from "./thumb-of-file.js";

interface Props {
  readonly chosen: readonly Chosen[];
  readonly onChosen: (chosen: readonly Chosen[]) => void;
  readonly onSend: () => void;
}

/** Photos before they are sent, each with its product or the question which it is. */
export function ChosenCard({ chosen, onChosen, onSend }: Props) {
  const { t } = useHq();
  const ready = chosen.filter(({ detail }) => detail !== null).length;
  return (
    <Card
      title={t.photos.chosenTitle(chosen.length)}
      tools={
        <button type="button" className="button primary" disabled={ready === 0} onClick={onSend}>
          {t.photos.send(ready)}
        </button>
      }
    >
      <ul className="chosen">
        {chosen.map((one) => (
          <ChosenFile
            key={one.id}
            chosen={one}
            onDetail={(detail) => onChosen(chosen.map((c) => (c.id === one.id ? { ...c, detail } : c)))}
            onDrop={() => onChosen(chosen.filter(({ id }) => id !== one.id))}
          />
        ))}
      </ul>
    </Card>
  );
}

interface ChosenProps {
  readonly chosen: Chosen;
  readonly onDetail: (detail: ProductDetail | null) => void;
  readonly onDrop: () => void;
}

function ChosenFile({ chosen: { file, detail }, onDetail, onDrop }: ChosenProps) {
  const { t, client, locale } = useHq();
  const pick = async (sku: string) => onDetail((await readDetails(client, [sku])).get(sku) ?? null);
  return (
    <li>
      <ThumbOfFile file={file} />
      <div className="chosen-text">
        <span className="file-name">{file.name}</span>
        {detail ? (
          <span>
            <strong>{detail.product.names[locale] ?? detail.product.name}</strong>{" "}
            <button type="button" className="button small quiet" onClick={() => onDetail(null)}>
              {t.photos.otherProduct}
            </button>
          </span>
        ) : (
          <ProductPicker label={t.photos.whichProduct} onPick={({ sku }) => void pick(sku)} />
        )}
      </div>
      <button type="button" className="button small quiet" onClick={onDrop}>
        {t.photos.leaveOut}
      </button>
    </li>
  );
}
