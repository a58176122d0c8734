import { useState } from "react";
import { SecurityEvents, type User, Users } from "../../api/people.js";
import { useHq } from "../hq.js";
import { Ago, Badge, Empty, WhenLoaded } from "../parts/bits.js";
import { Icon } from "../parts/icon.js";
import { Card, PageFrame } from "../parts/page.js";
import { TokensCard } from "../parts/tokens-card.js";
import { UserDialog } from "../parts/user-dialog.js";
import { useLoad } from "../use-load.js";

/** Who may sign in, which machines have a token, and what happened to both. */
export function PeoplePage() {
  const { t, mayRule } = useHq();
  if (!mayRule)
    return (
      <PageFrame title={t.menu.people}>
        <Empty icon="people" title={t.people.onlyAdmins} />
      </PageFrame>
    );
  return (
    <PageFrame title={t.menu.people}>
      <div className="columns">
        <div className="stack">
          <UsersCard />
          <TokensCard />
        </div>
        <SecurityLog />
      </div>
    </PageFrame>
  );
}

function UsersCard() {
  const { t, client, locale, session } = useHq();
  const [editing, setEditing] = useState<User | "new" | null>(null);
  const users = useLoad(
    async (signal) => (await client.get("/api/users?limit=500", Users, signal)).users,
    "users",
  );
  return (
    <>
      <Card
        title={t.people.usersTitle}
        tools={
          <button type="button" className="button primary" onClick={() => setEditing("new")}>
            <Icon name="plus" />
            {t.people.addUser}
          </button>
        }
      >
        <WhenLoaded t={t} loaded={users}>
          {(list) => (
            <ul className="lines">
              {list.map((user) => (
                <li key={user.name}>
                  <span className="line-main">
                    <strong>{user.name}</strong>
                    <span className="hint">
                      {user.name === session.user.name && `${t.people.you} · `}
                      {user.signedInAt ? (
                        <>
                          {t.people.lastSignedIn} <Ago at={user.signedInAt} locale={locale} />
                        </>
                      ) : (
                        t.people.neverSignedIn
                      )}
                    </span>
                  </span>
                  {user.disabled && <Badge tone="bad">{t.people.disabled}</Badge>}
                  <Badge tone="quiet">{t.session.roles[user.role]}</Badge>
                  <button
                    type="button"
                    className="button small"
                    aria-label={`${t.products.change}: ${user.name}`}
                    onClick={() => setEditing(user)}
                  >
                    {t.products.change}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </WhenLoaded>
        <dl className="facts">
          {(["viewer", "editor", "admin"] as const).map((role) => (
            <div key={role}>
              <dt>{t.session.roles[role]}</dt>
              <dd>{t.people.roleHints[role]}</dd>
            </div>
          ))}
        </dl>
      </Card>
      {editing !== null && (
        <UserDialog
          user={editing === "new" ? null : editing}
          onClose={() => setEditing(null)}
          onChanged={users.reload}
        />
      )}
    </>
  );
}

function SecurityLog() {
  const { t, client, locale } = useHq();
  const loaded = useLoad(
    async (signal) => (await client.get("/api/audit?limit=50", SecurityEvents, signal)).events,
    "audit",
  );
  return (
    <Card title={t.people.logTitle}>
      <WhenLoaded t={t} loaded={loaded}>
        {(events) => (
          <ul className="lines">
            {events.map(({ n, at, kind, actor, subject, address }) => (
              <li key={n}>
                <span className="line-main">
                  {t.people.kinds[kind] ?? kind}
                  {subject && subject !== actor && `: ${subject}`}
                  <span className="hint">
                    {actor} · <Ago at={at} locale={locale} />
                    {address && ` · ${address}`}
                  </span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </WhenLoaded>
    </Card>
  );
}
