import { type FormEvent, useState } from "react";
import type { SessionKeeper } from "../../api/session-keeper.js";
import type { Locale, Strings } from "../../i18n/index.js";
import { AccountName, SecretField, shortestPassword, tooShort } from "../parts/account-fields.js";
import { Notice, ProblemNotice } from "../parts/notice.js";
import { Link, useRouter } from "../router.js";
import { useTask } from "../use-task.js";
import { Brand, Languages } from "./sign-in.js";

interface Props {
  readonly t: Strings;
  readonly keeper: SessionKeeper;
  readonly locale: Locale;
  readonly onLocale: (locale: Locale) => void;
}

/** The one-time link of the first start: makes the first administrator. Its secret is never sent in an address. */
export function SetupPage({ t, keeper, locale, onLocale }: Props) {
  const { go } = useRouter();
  const [token] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const task = useTask();
  const short = tooShort(t, password);
  const differs = again !== password ? t.session.differs : undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (short || differs) return;
    if (await task.run(() => keeper.setUp(token, name.trim(), password))) go("/products", true);
  };
  return (
    <main className="door">
      <div className="door-card card">
        <Brand t={t} />
        <h1>{t.session.setupTitle}</h1>
        <p className="hint">{t.session.setupHint}</p>
        {token === "" && <Notice tone="bad">{t.session.noToken}</Notice>}
        <form className="stack" onSubmit={submit}>
          <ProblemNotice t={t} error={task.error} />
          <AccountName t={t} value={name} onValue={setName} autoFocus />
          <SecretField
            kind="new"
            label={t.session.newPassword}
            value={password}
            onValue={setPassword}
            hint={t.session.passwordHint(shortestPassword)}
            error={tried ? short : undefined}
          />
          <SecretField
            kind="new"
            label={t.session.passwordAgain}
            value={again}
            onValue={setAgain}
            error={tried ? differs : undefined}
          />
          <button type="submit" className="button primary" disabled={task.busy || token === ""}>
            {t.session.setUp}
          </button>
        </form>
        <Link className="quiet-link" href="/products">
          {t.session.toSignIn}
        </Link>
        <Languages locale={locale} onLocale={onLocale} t={t} />
      </div>
    </main>
  );
}
