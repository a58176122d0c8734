import { useHq } from "../hq.js";
import type { Uploads } from "../use-uploads.js";
import { Bar } from "./bits.js";
import { ProblemNotice } from "./notice.js";

/** What is being sent, and what could not be. */
export function UploadList({ uploads, withSku }: { uploads: Uploads; withSku?: boolean }) {
  const { t } = useHq();
  if (uploads.jobs.length === 0) return null;
  return (
    <ul className="uploads">
      {uploads.jobs.map(({ id, sku, files, state, part, error }) => (
        <li key={id}>
          <span>
            {withSku && <code>{sku}</code>} {t.photos.sending(files.length)}
          </span>
          {state === "failed" ? (
            <>
              <ProblemNotice t={t} error={error} retry={() => uploads.retry(id)} />
              <button type="button" className="button small quiet" onClick={() => uploads.drop(id)}>
                {t.photos.dropUpload}
              </button>
            </>
          ) : (
            <Bar label={t.photos.sending(files.length)} value={Math.round(part * 100)} max={100} />
          )}
        </li>
      ))}
    </ul>
  );
}
