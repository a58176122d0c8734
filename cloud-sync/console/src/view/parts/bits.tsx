import { type ReactNode, useState } from "react";
import type { Locale, Strings } from "../../i18n/index.js";
import { ago, dateTime } from "../../state/time-text.js";
import type { Loaded } from "../use-load.js";
import { Icon, type IconName } from "./icon.js";
import { ProblemNotice } from "./notice.js";

export type BadgeTone = "quiet" | "good" | "ask" | "bad";

export function Badge({ tone, children }: { tone: BadgeTone; children: ReactNode }) {
  return (
    <span className="badge" data-tone={tone}>
      {children}
    </span>
  );
}

/** A picture that may not be there (any more): its place stays. */
export function Picture({ src, alt, size }: { src: string | null; alt: string; size: number }) {
  const [gone, setGone] = useState<string | null>(null);
  if (src === null || gone === src)
    return (
      <span className="picture" data-empty="true">
        <Icon name="picture" />
      </span>
    );
  return (
    <span className="picture">
      <img src={sized(src, size)} alt={alt} loading="lazy" decoding="async" onError={() => setGone(src)} />
    </span>
  );
}

/** Headquarters makes photos small itself; other pictures come as they are. */
const sized = (src: string, size: number): string =>
  src.startsWith("/api/photos/") ? `${src}?size=${size}` : src;

/** How long ago, with the exact time behind it. */
export function Ago({ at, locale }: { at: string; locale: Locale }) {
  return (
    <time dateTime={at} title={dateTime(at, locale)}>
      {ago(Date.parse(at), Date.now(), locale)}
    </time>
  );
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Waiting, trouble, or what was loaded; what is there stays while it is loaded anew. */
export function WhenLoaded<T>(props: { t: Strings; loaded: Loaded<T>; children: (data: T) => ReactNode }) {
  const { t, loaded, children } = props;
  const { data, error } = loaded;
  return (
    <>
      <ProblemNotice t={t} error={error} retry={loaded.reload} />
      {data === undefined && !error && <Waiting text={t.common.loading} />}
      {data !== undefined && children(data)}
    </>
  );
}

export function Waiting({ text }: { text: string }) {
  return (
    <p className="waiting" role="status">
      <span className="spinner" />
      {text}
    </p>
  );
}

interface BarProps {
  readonly label: string;
  readonly value: number;
  readonly max: number;
}

export function Bar({ label, value, max }: BarProps) {
  return <progress className="bar" aria-label={label} value={value} max={Math.max(1, max)} />;
}
