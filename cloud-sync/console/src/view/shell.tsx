import { type ReactNode, useEffect, useRef, useState } from "react";
import { Enrolments } from "../api/schemas.js";
import { type Page, pages, pathOf } from "../state/route.js";
import { useHq } from "./hq.js";
import { Brand, Languages } from "./pages/sign-in.js";
import { Icon } from "./parts/icon.js";
import { ProblemNotice } from "./parts/notice.js";
import { PasswordDialog } from "./parts/password-dialog.js";
import { Link, useRouter } from "./router.js";
import { useLoad } from "./use-load.js";
import { useOnline } from "./use-online.js";
import { useTask } from "./use-task.js";

/** Menu, who is signed in, and the page between them. */
export function Shell({ children }: { children: ReactNode }) {
  const { t, mayRule, mayEdit } = useHq();
  const { route } = useRouter();
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const online = useOnline();
  const place = `${route.page}/${route.rest.join("/")}`;
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    setOpen(false);
    // Who does not see the page learns from the focus that it is another one.
    main.current?.querySelector<HTMLElement>("h1")?.focus();
  }, [place]);
  return (
    <div className="shell" data-menu={open}>
      <a className="skip" href="#main">
        {t.common.skip}
      </a>
      <header className="topbar">
        <button
          type="button"
          className="button icon-only quiet menu-button"
          aria-expanded={open}
          aria-controls="menu"
          aria-label={t.common.menu}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? "close" : "menu"} />
        </button>
        <Brand t={t} />
      </header>
      <div className="side" id="menu">
        <nav aria-label={t.common.menu}>
          <ul>
            {pages
              .filter((page) => page !== "people" || mayRule)
              .map((page) => (
                <MenuItem
                  key={page}
                  page={page}
                  current={route.page === page}
                  onPick={() => setOpen(false)}
                />
              ))}
          </ul>
        </nav>
        <Account />
      </div>
      <main id="main" ref={main}>
        {!online && (
          <p className="strip" data-tone="ask" role="status">
            {t.common.offline}
          </p>
        )}
        {!mayEdit && <p className="strip">{t.session.viewerHint}</p>}
        {children}
      </main>
    </div>
  );
}

function MenuItem({ page, current, onPick }: { page: Page; current: boolean; onPick: () => void }) {
  const { t } = useHq();
  return (
    <li>
      <Link href={pathOf(page)} aria-current={current ? "page" : undefined} onClick={onPick}>
        <Icon name={page} />
        {t.menu[page]}
        {page === "review" && <Waiting />}
      </Link>
    </li>
  );
}

const askEveryMs = 30_000;
const counted = 100;

/** How many photos wait for a person. */
function Waiting() {
  const { t, client } = useHq();
  const { route } = useRouter();
  const { data } = useLoad(
    (signal) => client.get(`/api/enrolments?state=held,dead&limit=${counted}`, Enrolments, signal),
    // Whoever comes back from there has decided something.
    `${route.page === "review"}`,
    askEveryMs,
  );
  const count = data?.enrolments.length ?? 0;
  if (count === 0) return null;
  return (
    <span className="badge" data-tone="ask">
      <span aria-hidden="true">{count < counted ? count : `${counted - 1}+`}</span>
      <span className="unseen">{t.review.waiting(count)}</span>
    </span>
  );
}

function Account() {
  const { t, session, keeper, locale, setLocale } = useHq();
  const [changing, setChanging] = useState(false);
  const leaving = useTask();
  return (
    <div className="account">
      <p>
        <strong>{session.user.name}</strong>
        <span>{t.session.roles[session.user.role]}</span>
      </p>
      <Languages locale={locale} onLocale={setLocale} t={t} />
      <button type="button" className="button small" onClick={() => setChanging(true)}>
        <Icon name="key" />
        {t.session.changePassword}
      </button>
      {changing && <PasswordDialog onClose={() => setChanging(false)} />}
      <button
        type="button"
        className="button small"
        disabled={leaving.busy}
        onClick={() => void leaving.run(() => keeper.signOut())}
      >
        <Icon name="out" />
        {t.session.signOut}
      </button>
      <ProblemNotice t={t} error={leaving.error} />
    </div>
  );
}
