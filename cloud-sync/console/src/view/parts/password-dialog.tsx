import { type FormEvent, useState } from "react";
import { useHq } from "../hq.js";
import { useTask } from "../use-task.js";
import { SecretField, shortestPassword, tooShort } from "./account-fields.js";
import { Dialog } from "./dialog.js";
import { ProblemNotice } from "./notice.js";

/** One's own password; other sessions of the account end with it. */
export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t, client, session, say } = useHq();
  const [password, setPassword] = useState("");
  const [newPassword, setNewPassword] = useState("");
  const task = useTask();
  const short = tooShort(t, newPassword);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (short) return;
    const body = { password, newPassword };
    // A wrong old password is no session that ended.
    if (!(await task.run(() => client.ask("PUT", "/api/session/password", { body, open: true })))) return;
    say({ text: t.session.passwordChanged });
    onClose();
  };
  return (
    <Dialog title={t.session.changePassword} closeText={t.common.close} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <input type="text" hidden readOnly autoComplete="username" value={session.user.name} />
        <SecretField kind="current" label={t.session.oldPassword} value={password} onValue={setPassword} />
        <SecretField
          kind="new"
          label={t.session.newPassword}
          value={newPassword}
          onValue={setNewPassword}
          hint={t.session.passwordHint(shortestPassword)}
          error={newPassword === "" ? undefined : short}
        />
        <ProblemNotice t={t} error={task.error} />
        <div className="actions">
          <button type="submit" className="button primary" disabled={task.busy}>
            {t.common.save}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
