import type { ComponentProps } from "react";
import type { Strings } from "../../i18n/index.js";
import { TextField } from "./field.js";

/** Characters of a password at least; headquarters has the last word. */
export const shortestPassword = 10;

/** What is wrong with a new password; undefined: nothing. */
export const tooShort = (t: Strings, password: string): string | undefined =>
  password.length < shortestPassword ? t.session.tooShort(shortestPassword) : undefined;

type FieldProps = Omit<ComponentProps<typeof TextField>, "type">;

/** The name that somebody signs in with. */
export function AccountName(props: Omit<FieldProps, "label"> & { t: Strings }) {
  const { t, ...field } = props;
  return (
    <TextField
      autoComplete="username"
      autoCapitalize="none"
      spellCheck={false}
      required
      {...field}
      label={t.session.name}
    />
  );
}

/** `current`: one that is known, and that the browser may fill in; `new`: one that is being chosen. */
export function SecretField({ kind, ...field }: FieldProps & { kind: "current" | "new" }) {
  return <TextField required {...field} type="password" autoComplete={`${kind}-password`} />;
}
