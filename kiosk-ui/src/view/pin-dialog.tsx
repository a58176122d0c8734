import { useUi } from "./lane-context.js";
import { NumberPad } from "./number-pad.js";
import { Sheet } from "./sheet.js";

export function PinDialog() {
  const { t, unlock } = useUi();
  return (
    <Sheet title={t.pinTitle} hint={t.pinHint}>
      <NumberPad label={t.pinHint} secret minDigits={4} maxDigits={12} onConfirm={unlock} />
    </Sheet>
  );
}
