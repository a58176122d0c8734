import { Icon } from "./icon.js";
import { useUi } from "./lane-context.js";

const rows = { en: ["qwertyuiop", "asdfghjkl", "zxcvbnm"], de: ["qwertzuiopü", "asdfghjklöä", "yxcvbnmß"] };

/** Letters to touch: a kiosk has no keyboard. */
export function LetterPad({ onType }: { onType: (change: (text: string) => string) => void }) {
  const { state, t } = useUi();
  const all = rows[state.locale];
  return (
    <div className="letters">
      {all.map((row, i) => (
        <div className="letter-row" key={row}>
          {[...row].map((letter) => (
            <button
              key={letter}
              type="button"
              className="key"
              onClick={() => onType((text) => text + letter)}
            >
              {letter}
            </button>
          ))}
          {i === all.length - 1 && (
            <>
              <button type="button" className="key long" onClick={() => onType((text) => `${text} `)}>
                {t.space}
              </button>
              <button
                type="button"
                className="key"
                aria-label={t.erase}
                onClick={() => onType((text) => text.slice(0, -1))}
              >
                <Icon name="back" />
              </button>
            </>
          )}
        </div>
      ))}
    </div>
  );
}
