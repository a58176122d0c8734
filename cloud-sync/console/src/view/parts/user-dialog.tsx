import { type FormEvent, useState } from "react";
import { SetupLink, User } from "../../api/people.js";
import type { Role } from "../../api/schemas.js";
import { useHq } from "../hq.js";
import { useTask } from "../use-task.js";
import { AccountName, SecretField, shortestPassword, tooShort } from "./account-fields.js";
import { Dialog } from "./dialog.js";
import { CheckField, SelectField } from "./field.js";
import { Notice, ProblemNotice } from "./notice.js";

interface Props {
  /** Null: a new one. */
  readonly user: User | null;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}

/** Adds, changes or removes somebody who may sign in. */
export function UserDialog({ user, onClose, onChanged }: Props) {
  const { t, client, say } = useHq();
  const [name, setName] = useState(user?.name ?? "");
  const [role, setRole] = useState<Role>(user?.role ?? "editor");
  const [password, setPassword] = useState("");
  const [disabled, setDisabled] = useState(user?.disabled ?? false);
  const task = useTask();
  const path = `/api/users/${encodeURIComponent(user?.name ?? "")}`;
  const short = password === "" ? undefined : tooShort(t, password);
  const finish = async (work: () => Promise<unknown>, text: string) => {
    if (!(await task.run(work))) return;
    say({ text });
    onChanged();
    onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (short || (!user && password === "")) return;
    const own = password === "" ? {} : { password };
    void finish(
      () =>
        user
          ? client.ask("PATCH", path, { schema: User, body: { role, disabled, ...own } })
          : client.ask("POST", "/api/users", { schema: User, body: { name: name.trim(), role, password } }),
      t.common.saved,
    );
  };
  return (
    <Dialog title={user ? user.name : t.people.addUser} closeText={t.common.close} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        {!user && (
          <AccountName
            t={t}
            value={name}
            onValue={setName}
            autoComplete="off"
            maxLength={80}
            hint={t.people.nameHint}
          />
        )}
        <SelectField
          label={t.people.role}
          value={role}
          onValue={setRole}
          hint={t.people.roleHints[role]}
          options={(["viewer", "editor", "admin"] as const).map(
            (known) => [known, t.session.roles[known]] as const,
          )}
        />
        <SecretField
          kind="new"
          label={user ? t.session.newPassword : t.session.password}
          value={password}
          onValue={setPassword}
          required={!user}
          error={short}
          hint={user ? t.people.passwordStays : t.session.passwordHint(shortestPassword)}
        />
        {user && <CheckField label={t.people.disable} checked={disabled} onValue={setDisabled} />}
        <ProblemNotice t={t} error={task.error} />
        <div className="actions">
          <button type="submit" className="button primary" disabled={task.busy}>
            {t.common.save}
          </button>
        </div>
      </form>
      {user && <OtherActions user={user} finish={finish} />}
    </Dialog>
  );
}

interface ActionsProps {
  readonly user: User;
  readonly finish: (work: () => Promise<unknown>, text: string) => Promise<void>;
}

/** What is done to an account beside its form: a link for a forgotten password, and its end. */
function OtherActions({ user, finish }: ActionsProps) {
  const { t, client } = useHq();
  const [link, setLink] = useState<string | null>(null);
  const task = useTask();
  const makeLink = () =>
    task.run(async () => {
      const asking = { schema: SetupLink, body: { user: user.name } };
      const { data } = await client.ask("POST", "/api/setup/links", asking);
      setLink(location.origin + data.path);
    });
  const remove = () => {
    if (!confirm(t.people.removeQuestion(user.name))) return;
    const path = `/api/users/${encodeURIComponent(user.name)}`;
    void finish(() => client.ask("DELETE", path), t.people.removed(user.name));
  };
  return (
    <div className="stack">
      <ProblemNotice t={t} error={task.error} />
      {link && (
        <Notice tone="info">
          <p>{t.people.linkHint}</p>
          <pre className="command">{link}</pre>
        </Notice>
      )}
      <div className="actions start">
        <button type="button" className="button" disabled={task.busy} onClick={() => void makeLink()}>
          {t.people.makeLink}
        </button>
        <button type="button" className="button danger" onClick={remove}>
          {t.people.remove}
        </button>
      </div>
    </div>
  );
}
