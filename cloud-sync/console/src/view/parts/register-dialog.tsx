import { type FormEvent, useState } from "react";
import { Invitation } from "../../api/schemas.js";
import { useHq } from "../hq.js";
import { useTask } from "../use-task.js";
import { Dialog } from "./dialog.js";
import { SelectField, TextField } from "./field.js";
import { Notice, ProblemNotice } from "./notice.js";

/** A name as topics have it: lower-case letters, digits, dashes. */
const nodeName = (text: string): string =>
  text
    .toLowerCase()
    .normalize("NFD")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);

/** A one-time code with which a new lane gets its own password. */
export function RegisterDialog({ onClose }: { onClose: () => void }) {
  const { t, client, stores } = useHq();
  const [store, setStore] = useState(stores[0]?.name ?? "");
  const [label, setLabel] = useState("");
  const [group, setGroup] = useState("");
  const [code, setCode] = useState<string | null>(null);
  const task = useTask();
  const terminal = nodeName(label);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const body = { store, terminal, label: label.trim(), group: nodeName(group) };
    void task.run(async () => {
      const asking = { schema: Invitation, body };
      setCode((await client.ask("POST", "/api/fleet/registrations", asking)).data.code);
    });
  };
  return (
    <Dialog title={t.fleet.register} closeText={t.common.close} onClose={onClose}>
      {code === null ? (
        <form className="stack" onSubmit={submit}>
          <SelectField
            label={t.fleet.store}
            value={store}
            onValue={setStore}
            options={stores.map(({ name, label: text }) => [name, text] as const)}
          />
          <TextField
            label={t.fleet.laneName}
            value={label}
            onValue={setLabel}
            required
            maxLength={60}
            hint={terminal === "" ? t.fleet.laneNameHint : t.fleet.laneId(terminal)}
          />
          <TextField
            label={t.fleet.group}
            value={group}
            onValue={setGroup}
            maxLength={60}
            hint={t.fleet.groupHint}
          />
          <ProblemNotice t={t} error={task.error} />
          <div className="actions">
            <button
              type="submit"
              className="button primary"
              disabled={task.busy || terminal === "" || store === ""}
            >
              {t.fleet.makeCode}
            </button>
          </div>
        </form>
      ) : (
        <div className="stack">
          <p>{t.fleet.codeHint}</p>
          <p className="code-shown" role="status">
            {code}
          </p>
          <pre className="command">{`tillsight register ${location.origin} ${code}`}</pre>
          <Notice tone="info">{t.fleet.codeOnce}</Notice>
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

/** A new shop of the chain. */
export function StoreDialog({ onClose }: { onClose: () => void }) {
  const { t, client, reloadStores, say } = useHq();
  const [label, setLabel] = useState("");
  const task = useTask();
  const name = nodeName(label);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const made = await task.run(() =>
      client.ask("PUT", `/api/stores/${name}`, { body: { label: label.trim() } }),
    );
    if (!made) return;
    say({ text: t.fleet.storeAdded(label.trim()) });
    reloadStores();
    onClose();
  };
  return (
    <Dialog title={t.fleet.addStore} closeText={t.common.close} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <TextField
          label={t.fleet.storeName}
          value={label}
          onValue={setLabel}
          required
          maxLength={120}
          hint={name === "" ? undefined : t.fleet.laneId(name)}
        />
        <ProblemNotice t={t} error={task.error} />
        <div className="actions">
          <button type="submit" className="button primary" disabled={task.busy || name === ""}>
            {t.common.add}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
