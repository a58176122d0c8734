import { type ComponentProps, type ReactNode, useId } from "react";

interface Around {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
}

type InputProps = Around &
  Omit<ComponentProps<"input">, "id" | "className" | "value" | "onChange"> & {
    value: string;
    onValue: (value: string) => void;
    after?: ReactNode;
  };

/** A labelled input with its hint and what is wrong with it. */
export function TextField({ label, hint, error, value, onValue, after, ...input }: InputProps) {
  const id = useId();
  return (
    <div className="field" data-wrong={error !== undefined}>
      <label htmlFor={id}>{label}</label>
      <span className="field-line">
        <input
          {...input}
          id={id}
          value={value}
          onChange={(event) => onValue(event.target.value)}
          aria-invalid={error !== undefined}
          aria-describedby={error || hint ? `${id}-about` : undefined}
        />
        {after}
      </span>
      <About id={id} hint={hint} error={error} />
    </div>
  );
}

type AreaProps = Around &
  Omit<ComponentProps<"textarea">, "id" | "value" | "onChange"> & {
    value: string;
    onValue: (value: string) => void;
  };

export function TextArea({ label, hint, error, value, onValue, ...area }: AreaProps) {
  const id = useId();
  return (
    <div className="field" data-wrong={error !== undefined}>
      <label htmlFor={id}>{label}</label>
      <textarea
        {...area}
        id={id}
        value={value}
        onChange={(event) => onValue(event.target.value)}
        aria-invalid={error !== undefined}
        aria-describedby={error || hint ? `${id}-about` : undefined}
      />
      <About id={id} hint={hint} error={error} />
    </div>
  );
}

interface SelectProps<V extends string> extends Around {
  readonly value: V;
  readonly onValue: (value: V) => void;
  readonly options: readonly (readonly [value: V, text: string])[];
  readonly disabled?: boolean;
}

export function SelectField<V extends string>(props: SelectProps<V>) {
  const { label, hint, error, value, onValue, options, disabled } = props;
  const id = useId();
  return (
    <div className="field" data-wrong={error !== undefined}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={error || hint ? `${id}-about` : undefined}
        onChange={(event) => {
          const chosen = options.find(([known]) => known === event.target.value);
          if (chosen) onValue(chosen[0]);
        }}
      >
        {options.map(([known, text]) => (
          <option key={known} value={known}>
            {text}
          </option>
        ))}
      </select>
      <About id={id} hint={hint} error={error} />
    </div>
  );
}

interface CheckProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onValue: (checked: boolean) => void;
  readonly disabled?: boolean;
}

export function CheckField({ label, checked, onValue, disabled }: CheckProps) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={(event) => onValue(event.target.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

interface ChoiceProps<V extends string> {
  readonly legend: string;
  readonly value: V;
  readonly onValue: (value: V) => void;
  readonly options: readonly (readonly [value: V, text: string])[];
}

/** One of a few, side by side. */
export function Choice<V extends string>({ legend, value, onValue, options }: ChoiceProps<V>) {
  const name = useId();
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      {options.map(([known, text]) => (
        <label key={known}>
          <input type="radio" name={name} checked={known === value} onChange={() => onValue(known)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

function About({ id, hint, error }: { id: string; hint?: ReactNode; error?: string | undefined }) {
  if (!error && !hint) return null;
  return (
    <p id={`${id}-about`} className={error ? "field-error" : "field-hint"}>
      {error ?? hint}
    </p>
  );
}
