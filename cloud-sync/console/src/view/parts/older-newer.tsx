import { useHq } from "../hq.js";

interface Props {
  /** Null: there is no such page. */
  readonly newer: (() => void) | null;
  readonly older: (() => void) | null;
}

/** From page to page of what is listed by time; nothing when there is but one. */
export function OlderNewer({ newer, older }: Props) {
  const { t } = useHq();
  if (!newer && !older) return null;
  return (
    <nav className="pager" aria-label={t.common.pages}>
      <button type="button" className="button" disabled={!newer} onClick={newer ?? undefined}>
        {t.common.newer}
      </button>
      <button type="button" className="button" disabled={!older} onClick={older ?? undefined}>
        {t.common.older}
      </button>
    </nav>
  );
}
