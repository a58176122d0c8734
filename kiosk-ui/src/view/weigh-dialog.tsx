import type { LineItem } from "@tillsight/contracts";
import { useUi } from "./lane-context.js";
import { NumberPad } from "./number-pad.js";
import { Sheet } from "./sheet.js";

/** Asks for the weight that a scale beside the lane shows, in grams with packaging. */
export function WeighDialog({ line }: { line: LineItem }) {
  const { t, price, act } = useUi();
  return (
    <Sheet title={t.weighTitle} hint={`${line.name}, ${price(line.unitPrice)} ${t.perKilo}. ${t.weighHint}`}>
      <NumberPad
        label={t.weighTitle}
        unit={t.grams}
        minDigits={1}
        maxDigits={5}
        onConfirm={(digits) =>
          Number(digits) > 0 && act({ do: "weigh", line: line.id, grossGrams: Number(digits) })
        }
      />
    </Sheet>
  );
}
