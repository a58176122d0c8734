import { Rollback, RollbackReport } from "@tillsight/cloud-sync/api";
import { type FormEvent, useState } from "react";
import { useHq } from "../hq.js";
import { useTask } from "../use-task.js";
import { Badge } from "./bits.js";
import { Dialog } from "./dialog.js";
import { TextField } from "./field.js";
import { Notice, ProblemNotice } from "./notice.js";

interface Props {
  /** LSN to begin with. */
  readonly toLsn: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** The catalog as it was: first what that would change, then a reason, then it is done. */
export function RollbackDialog({ toLsn: first, onClose, onDone }: Props) {
  const { t, client, say } = useHq();
  const [toLsn, setToLsn] = useState(first);
  const [preview, setPreview] = useState<RollbackReport | null>(null);
  const task = useTask();
  const show = (event: FormEvent) => {
    event.preventDefault();
    const query = new URLSearchParams({ toLsn: toLsn.trim() });
    void task.run(async () => setPreview(await client.get(`/api/rollback?${query}`, RollbackReport)));
  };
  const doIt = async (report: RollbackReport, reason: string) => {
    const body = { toLsn: report.toLsn, throughLsn: report.throughLsn, reason };
    const done = await task.run(() => client.ask("POST", "/api/rollback", { schema: Rollback, body }));
    if (!done) return;
    say({ text: t.rollback.done(report.toLsn) });
    onDone();
  };
  return (
    <Dialog title={t.rollback.title} closeText={t.common.close} onClose={onClose} wide>
      <div className="stack">
        <form className="stack" onSubmit={show} noValidate>
          <p>{t.rollback.hint}</p>
          <TextField
            label={t.rollback.toLsn}
            hint={t.rollback.toLsnHint}
            value={toLsn}
            inputMode="numeric"
            onValue={(value) => {
              setToLsn(value);
              setPreview(null);
            }}
          />
          {!preview && (
            <div className="actions">
              <button
                type="submit"
                className="button primary"
                disabled={task.busy || !/^\d+$/.test(toLsn.trim())}
              >
                {t.rollback.show}
              </button>
            </div>
          )}
        </form>
        {preview && <Preview report={preview} busy={task.busy} onCancel={onClose} onGo={doIt} />}
        <ProblemNotice t={t} error={task.error} />
      </div>
    </Dialog>
  );
}

interface PreviewProps {
  readonly report: RollbackReport;
  readonly busy: boolean;
  readonly onCancel: () => void;
  readonly onGo: (report: RollbackReport, reason: string) => Promise<void>;
}

function Preview({ report, busy, onCancel, onGo }: PreviewProps) {
  const { t } = useHq();
  const [reason, setReason] = useState("");
  const { left, missing, madeAgain } = report;
  if (report.skus + left.count + missing.count === 0) return <p role="status">{t.rollback.nothing}</p>;
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void onGo(report, reason.trim());
      }}
    >
      <p role="status">
        <strong>{t.rollback.concerns(report.skus)}</strong> {t.rollback.products(report.products)}
      </p>
      <p className="hint">
        {t.rollback.overrides(report.overrides)} {t.rollback.references(report.references)}
      </p>
      {report.undoes.length > 0 && (
        <p className="hint">
          {t.rollback.undoes} {report.undoes.map(({ actor, changes }) => `${actor} (${changes})`).join(", ")}
        </p>
      )}
      <ul className="lines card scroll-list">
        {report.sample.map(({ sku, name, change }) => (
          <li key={sku}>
            <span className="line-main">
              {name}
              <span className="hint">{sku}</span>
            </span>
            <Badge tone={change === "removed" ? "bad" : change === "created" ? "good" : "quiet"}>
              {t.rollback.changes[change]}
            </Badge>
          </li>
        ))}
      </ul>
      {report.skus > report.sample.length && (
        <p className="hint">{t.rollback.more(report.skus - report.sample.length)}</p>
      )}
      {left.count > 0 && (
        <Notice tone="ask">
          {t.rollback.left(left.count)}{" "}
          {left.items
            .slice(0, 20)
            .map(({ sku }) => sku)
            .join(", ")}
        </Notice>
      )}
      {missing.count > 0 && (
        <Notice tone="ask">
          {t.rollback.missing(missing.count)}{" "}
          {[...new Set(missing.items.slice(0, 20).map(({ sku }) => sku))].join(", ")}
        </Notice>
      )}
      {madeAgain > 0 && <p className="hint">{t.rollback.madeAgain(madeAgain)}</p>}
      <TextField
        label={t.rollback.reason}
        hint={t.rollback.reasonHint}
        value={reason}
        maxLength={300}
        onValue={setReason}
      />
      <div className="actions">
        <button type="button" className="button" onClick={onCancel}>
          {t.common.cancel}
        </button>
        <button type="submit" className="button danger filled" disabled={busy || reason.trim().length < 3}>
          {t.rollback.go}
        </button>
      </div>
    </form>
  );
}
