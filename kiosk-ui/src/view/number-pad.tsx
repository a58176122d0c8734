import { useState } from "react";
import { Icon } from "./icon.js";
import { useUi } from "./lane-context.js";

interface Props {
  label: string;
  /** Shown after the digits, for example a unit. */
  unit?: string;
  secret?: boolean;
  minDigits: number;
  maxDigits: number;
  onConfirm: (digits: string) => void;
}

/** Digits to touch or type. A secret is cleared once it was handed over. */
export function NumberPad({ label, unit, secret = false, minDigits, maxDigits, onConfirm }: Props) {
  const { t } = useUi();
  const [digits, setDigits] = useState("");
  const enter = (more: string) => setDigits((now) => (now + more).replace(/\D/g, "").slice(0, maxDigits));
  return (
    <form
      className="number-pad"
      onSubmit={(event) => {
        event.preventDefault();
        if (digits.length < minDigits) return;
        onConfirm(digits);
        if (secret) setDigits("");
      }}
    >
      <label className="field number">
        <span className="unseen">{label}</span>
        <input
          type={secret ? "password" : "text"}
          inputMode="none"
          autoComplete="off"
          data-first
          value={digits}
          onChange={(event) => setDigits(event.target.value.replace(/\D/g, "").slice(0, maxDigits))}
        />
        {unit && <span aria-hidden="true">{unit}</span>}
      </label>
      <div className="digits">
        {["1", "2", "3", "4", "5", "6", "7", "8", "9"].map((digit) => (
          <button key={digit} type="button" className="key" onClick={() => enter(digit)}>
            {digit}
          </button>
        ))}
        <button
          type="button"
          className="key"
          aria-label={t.erase}
          onClick={() => setDigits(digits.slice(0, -1))}
        >
          <Icon name="back" />
        </button>
        <button type="button" className="key" onClick={() => enter("0")}>
          0
        </button>
        <button
          type="submit"
          className="key confirm"
          aria-label={t.confirm}
          disabled={digits.length < minDigits}
        >
          <Icon name="check" />
        </button>
      </div>
    </form>
  );
}
