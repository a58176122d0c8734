import { languages, locales } from "../i18n/index.js";
import { Icon } from "./icon.js";
import { useUi } from "./lane-context.js";

function HelpButton() {
  const { state, t, act } = useUi();
  const coming = state.view?.basket.helpWanted ?? false;
  return (
    <button
      type="button"
      className={coming ? "button called" : "button"}
      aria-disabled={coming}
      onClick={() => !coming && act({ do: "callHelp" })}
    >
      <Icon name={coming ? "check" : "help"} />
      <span aria-live="polite">{coming ? t.helpComing : t.help}</span>
    </button>
  );
}

/** Store, language, staff and help: always there, always in the same place. */
export function Header({ demo }: { demo: boolean }) {
  const { state, t, dispatch } = useUi();
  const live = state.link === "live";
  return (
    <header className="header">
      <p className="store">{state.view?.storeName ?? "Tillsight"}</p>
      <nav className="tools">
        {demo && (
          <button
            type="button"
            className="button quiet"
            aria-pressed={state.showScores}
            onClick={() => dispatch({ type: "scores" })}
          >
            {t.scores}
          </button>
        )}
        {locales
          .filter((locale) => locale !== state.locale)
          .map((locale) => (
            <button
              key={locale}
              type="button"
              className="button quiet"
              lang={locale}
              aria-label={languages[locale].languageName}
              onClick={() => dispatch({ type: "locale", locale })}
            >
              <span className="wide-only">{languages[locale].languageName}</span>
              <span className="narrow-only">{locale.toUpperCase()}</span>
            </button>
          ))}
        {live && (
          <button
            type="button"
            className="button quiet"
            onClick={() => dispatch({ type: "opened", dialog: { kind: "pin" } })}
          >
            <Icon name="lock" />
            {t.staff}
          </button>
        )}
        {live && <HelpButton />}
      </nav>
    </header>
  );
}
