import { TillsightError } from "@tillsight/contracts";
import type { ReactNode } from "react";
import { type Problem, RefusedError } from "../../api/problem.js";
import type { Strings } from "../../i18n/index.js";
import { Icon, type IconName } from "./icon.js";

export type Tone = "info" | "good" | "ask" | "bad";
const icons: Readonly<Record<Tone, IconName>> = { info: "clock", good: "check", ask: "alert", bad: "alert" };

/** A message in the page. `alert`: read out at once. */
export function Notice({ tone, children, alert }: { tone: Tone; children: ReactNode; alert?: boolean }) {
  return (
    <div className="notice" data-tone={tone} role={alert ? "alert" : undefined}>
      <Icon name={icons[tone]} />
      <div>{children}</div>
    </div>
  );
}

/** In words of the page's language where it has them, otherwise in those of headquarters. */
export function problemText(t: Strings, error: unknown): { readonly title: string; readonly fix: string } {
  if (!(error instanceof TillsightError)) return { title: t.problem.unknown, fix: t.problem.unknownFix };
  const own = t.problem.codes[error.code];
  return own ?? { title: sentence(error.message), fix: sentence(error.fix) };
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What went wrong and what to do about it; nothing when nothing did. Fields' errors belong to their fields. */
export function ProblemNotice({ t, error, retry }: { t: Strings; error: unknown; retry?: () => void }) {
  if (error === undefined || error === null) return null;
  const { title, fix } = problemText(t, error);
  const fields = error instanceof RefusedError ? error.errors : [];
  return (
    <Notice tone="bad" alert>
      <strong>{title}</strong>
      {fix && <p>{fix}</p>}
      <FieldErrors errors={fields} />
      {retry && (
        <button type="button" className="button small" onClick={retry}>
          <Icon name="refresh" />
          {t.common.tryAgain}
        </button>
      )}
    </Notice>
  );
}

function FieldErrors({ errors }: { errors: Problem["errors"] }) {
  if (errors.length === 0) return null;
  return (
    <ul className="bullets">
      {errors.map(({ field, message }) => (
        <li key={`${field} ${message}`}>
          {field && <code>{field}</code>} {message}
        </li>
      ))}
    </ul>
  );
}
