import { type FormEvent, useState } from "react";
import { NewToken, type TokenRole, Tokens } from "../../api/people.js";
import { useHq } from "../hq.js";
import { useLoad } from "../use-load.js";
import { useTask } from "../use-task.js";
import { Ago, Badge, WhenLoaded } from "./bits.js";
import { Dialog } from "./dialog.js";
import { SelectField, TextField } from "./field.js";
import { Icon } from "./icon.js";
import { Notice, ProblemNotice } from "./notice.js";
import { Card } from "./page.js";

/** Tokens by which programs use headquarters. */
export function TokensCard() {
  const { t, client, locale, say } = useHq();
  const [making, setMaking] = useState(false);
  const task = useTask();
  const tokens = useLoad(
    async (signal) => (await client.get("/api/tokens?limit=500", Tokens, signal)).tokens,
    "tokens",
  );
  const revoke = async (id: string, name: string) => {
    if (!confirm(t.people.revokeQuestion(name))) return;
    if (await task.run(() => client.ask("DELETE", `/api/tokens/${id}`)))
      say({ text: t.people.revoked(name) });
    tokens.reload();
  };
  return (
    <Card
      title={t.people.tokensTitle}
      tools={
        <button type="button" className="button" onClick={() => setMaking(true)}>
          <Icon name="key" />
          {t.people.addToken}
        </button>
      }
    >
      <p className="hint">{t.people.tokensHint}</p>
      <ProblemNotice t={t} error={task.error} />
      <WhenLoaded t={t} loaded={tokens}>
        {(list) => (
          <ul className="lines">
            {list.map(({ id, name, role, usedAt, expiresAt }) => (
              <li key={id}>
                <span className="line-main">
                  <strong>{name}</strong>
                  <span className="hint">
                    {usedAt ? (
                      <>
                        {t.people.used} <Ago at={usedAt} locale={locale} />
                      </>
                    ) : (
                      t.people.neverUsed
                    )}
                    {expiresAt && (
                      <>
                        {" · "}
                        {t.people.expires} <Ago at={expiresAt} locale={locale} />
                      </>
                    )}
                  </span>
                </span>
                <Badge tone="quiet">{t.people.tokenRoles[role]}</Badge>
                <button
                  type="button"
                  className="button small danger"
                  aria-label={`${t.fleet.revoke}: ${name}`}
                  onClick={() => void revoke(id, name)}
                >
                  {t.fleet.revoke}
                </button>
              </li>
            ))}
          </ul>
        )}
      </WhenLoaded>
      {making && <TokenDialog onClose={() => setMaking(false)} onMade={tokens.reload} />}
    </Card>
  );
}

function TokenDialog({ onClose, onMade }: { onClose: () => void; onMade: () => void }) {
  const { t, client } = useHq();
  const [name, setName] = useState("");
  const [role, setRole] = useState<TokenRole>("viewer");
  const [days, setDays] = useState<"30" | "365" | "">("365");
  const [token, setToken] = useState<string | null>(null);
  const task = useTask();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const expiresAt = days === "" ? null : new Date(Date.now() + Number(days) * 86_400_000).toISOString();
    void task.run(async () => {
      const body = { name: name.trim(), role, expiresAt };
      setToken((await client.ask("POST", "/api/tokens", { schema: NewToken, body })).data.token);
      onMade();
    });
  };
  return (
    <Dialog title={t.people.addToken} closeText={t.common.close} onClose={onClose}>
      {token === null ? (
        <form className="stack" onSubmit={submit}>
          <TextField
            label={t.people.tokenName}
            value={name}
            onValue={setName}
            required
            maxLength={60}
            hint={t.people.tokenNameHint}
          />
          <SelectField
            label={t.people.role}
            value={role}
            onValue={setRole}
            options={(["terminal", "viewer", "editor", "admin"] as const).map(
              (known) => [known, t.people.tokenRoles[known]] as const,
            )}
          />
          <SelectField
            label={t.people.lifetime}
            value={days}
            onValue={setDays}
            options={[
              ["30", t.people.days(30)],
              ["365", t.people.days(365)],
              ["", t.people.forever],
            ]}
          />
          <ProblemNotice t={t} error={task.error} />
          <div className="actions">
            <button type="submit" className="button primary" disabled={task.busy || name.trim() === ""}>
              {t.people.makeToken}
            </button>
          </div>
        </form>
      ) : (
        <div className="stack">
          <Notice tone="ask">{t.people.tokenOnce}</Notice>
          <pre className="command">{token}</pre>
          <div className="actions">
            <button type="button" className="button primary" onClick={onClose}>
              {t.common.done}
            </button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
