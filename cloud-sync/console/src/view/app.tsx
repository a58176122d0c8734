import { useEffect, useState, useSyncExternalStore } from "react";
import type { SessionKeeper } from "../api/session-keeper.js";
import { type Locale, languages } from "../i18n/index.js";
import { Console } from "./console.js";
import { SetupPage } from "./pages/setup.js";
import { SignInPage } from "./pages/sign-in.js";
import { Waiting } from "./parts/bits.js";
import { ProblemNotice } from "./parts/notice.js";
import { RouterContext, useBrowserRoute } from "./router.js";
import { storeLocale } from "./stored-locale.js";

/** The whole page: set-up, sign-in, or the console. */
export function App({ keeper, homeLocale }: { keeper: SessionKeeper; homeLocale: Locale }) {
  const [locale, setLocale] = useState(homeLocale);
  const state = useSyncExternalStore(keeper.subscribe, () => keeper.state);
  const router = useBrowserRoute();
  const t = languages[locale];
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  useEffect(() => {
    void keeper.check();
  }, [keeper]);
  const choose = (chosen: Locale) => {
    storeLocale(chosen);
    setLocale(chosen);
  };
  const content = () => {
    if (router.route.page === "setup" && state.is !== "open")
      return <SetupPage t={t} keeper={keeper} onLocale={choose} locale={locale} />;
    switch (state.is) {
      case "checking":
        return <Waiting text={t.common.loading} />;
      case "unreachable":
        return (
          <main className="door">
            <ProblemNotice t={t} error={state.error} retry={() => void keeper.check()} />
          </main>
        );
      case "none":
        return <SignInPage t={t} keeper={keeper} onLocale={choose} locale={locale} />;
      default:
        return <Console keeper={keeper} state={state} locale={locale} setLocale={choose} />;
    }
  };
  return <RouterContext value={router}>{content()}</RouterContext>;
}
