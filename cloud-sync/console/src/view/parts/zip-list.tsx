import { useHq } from "../hq.js";
import type { ZipJob, Zips } from "../use-zips.js";
import { Bar } from "./bits.js";
import { Notice, ProblemNotice } from "./notice.js";

/** Names of what was left out; their number is told in any case. */
const shownAtMost = 200;

/** ZIPs that are being sent, and what headquarters took of them. */
export function ZipList({ zips }: { zips: Zips }) {
  const { t } = useHq();
  if (zips.jobs.length === 0) return null;
  return (
    <ul className="uploads">
      {zips.jobs.map((job) => (
        <li key={job.id}>
          {job.error !== undefined ? (
            <ProblemNotice t={t} error={job.error} retry={() => zips.retry(job)} />
          ) : job.result ? (
            <ZipResult name={job.file.name} result={job.result} />
          ) : (
            <>
              <span>{t.photos.zipSending(job.file.name)}</span>
              <Bar label={t.photos.zipSending(job.file.name)} value={Math.round(job.part * 100)} max={100} />
            </>
          )}
          {(job.error !== undefined || job.result) && (
            <button type="button" className="button small quiet" onClick={() => zips.drop(job.id)}>
              {job.result ? t.common.done : t.photos.dropUpload}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function ZipResult({ name, result }: { name: string; result: NonNullable<ZipJob["result"]> }) {
  const { t } = useHq();
  const { sent, problems } = result;
  return (
    <Notice tone={problems.length > 0 ? "ask" : "good"} alert>
      <strong>{t.photos.zipSent(name, sent)}</strong>
      {problems.length > 0 && (
        <>
          <p>{t.photos.zipLeftOut(problems.length)}</p>
          <ul className="bullets">
            {problems.slice(0, shownAtMost).map(({ source, message }) => (
              <li key={source}>
                <code>{source}</code> {message}
              </li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  );
}
