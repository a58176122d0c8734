import { useState } from "react";
import { z } from "zod";
import { type ImportReport, LineError } from "../../api/schemas.js";
import { useHq } from "../hq.js";
import { useTask } from "../use-task.js";
import { Notice, ProblemNotice } from "./notice.js";

const perPage = 500;
const Errors = z.object({ errors: z.array(LineError) });

/** What an import did or would do, and every line that does not fit. */
export function ImportResult({ report }: { report: ImportReport }) {
  const { t, client } = useHq();
  const [errors, setErrors] = useState(report.errors);
  const task = useTask();
  const more = () =>
    task.run(async () => {
      const path = `/api/imports/${report.id}/errors?offset=${errors.length}&limit=${perPage}`;
      const page = await client.get(path, Errors);
      setErrors([...errors, ...page.errors]);
    });
  const good = report.state === "done" || report.state === "checked";
  return (
    <div className="stack" role="status">
      <Notice tone={good ? (report.state === "done" ? "good" : "info") : "bad"}>
        <strong>{t.files.outcome[report.state]}</strong>
        <p>{good ? t.files.counts(report) : (report.failure ?? t.files.errorCount(report.errorCount))}</p>
      </Notice>
      {errors.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th className="cell-number">{t.files.line}</th>
              <th>{t.files.column}</th>
              <th>{t.files.wrong}</th>
            </tr>
          </thead>
          <tbody>
            {errors.map((error) => (
              <tr key={`${error.line} ${error.field} ${error.message}`}>
                <td className="cell-number">{error.line}</td>
                <td>
                  <code>{error.field}</code>
                </td>
                <td>{error.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {errors.length < report.errorCount && (
        <button type="button" className="button small" disabled={task.busy} onClick={() => void more()}>
          {t.files.moreErrors(report.errorCount - errors.length)}
        </button>
      )}
      <ProblemNotice t={t} error={task.error} />
    </div>
  );
}
