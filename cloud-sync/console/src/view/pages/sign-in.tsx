import { type FormEvent, useState } from "react";
import type { SessionKeeper } from "../../api/session-keeper.js";
import { type Locale, languages, locales, type Strings } from "../../i18n/index.js";
import { AccountName, SecretField } from "../parts/account-fields.js";
import { ProblemNotice } from "../parts/notice.js";
import { useTask } from "../use-task.js";

interface Props {
  readonly t: Strings;
  readonly keeper: SessionKeeper;
  readonly locale: Locale;
  readonly onLocale: (locale: Locale) => void;
}

export function SignInPage({ t, keeper, locale, onLocale }: Props) {
  return (
    <main className="door">
      <div className="door-card card">
        <Brand t={t} />
        <h1>{t.session.signInTitle}</h1>
        <SignInForm t={t} keeper={keeper} />
        <Languages locale={locale} onLocale={onLocale} t={t} />
      </div>
    </main>
  );
}

/** Also within a dialog, where the name is known and what was entered waits behind it. */
export function SignInForm({ t, keeper, name: known }: { t: Strings; keeper: SessionKeeper; name?: string }) {
  const [name, setName] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const task = useTask();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void task.run(() => keeper.signIn(name.trim(), password)).then((worked) => worked || setPassword(""));
  };
  return (
    <form className="stack" onSubmit={submit}>
      <ProblemNotice t={t} error={task.error} />
      <AccountName t={t} value={name} onValue={setName} autoFocus={known === undefined} />
      <SecretField
        kind="current"
        label={t.session.password}
        value={password}
        onValue={setPassword}
        autoFocus={known !== undefined}
      />
      <button type="submit" className="button primary" disabled={task.busy}>
        {t.session.signIn}
      </button>
    </form>
  );
}

export function Brand({ t }: { t: Strings }) {
  return (
    <p className="brand">
      Tillsight <span>{t.session.headquarters}</span>
    </p>
  );
}

export function Languages({ locale, onLocale, t }: Pick<Props, "locale" | "onLocale" | "t">) {
  return (
    <fieldset className="plain languages" aria-label={t.common.language}>
      {locales.map((known) => (
        <button
          key={known}
          type="button"
          className="button small quiet"
          lang={known}
          aria-pressed={known === locale}
          onClick={() => onLocale(known)}
        >
          {languages[known].common.languageName}
        </button>
      ))}
    </fieldset>
  );
}
