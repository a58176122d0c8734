import { useState } from "react";
import { Enrolment } from "../../api/schemas.js";
import { type Decision, decisionsFor, isUnderWay } from "../../state/enrolments.js";
import { pathOf } from "../../state/route.js";
import { useHq } from "../hq.js";
import { Link } from "../router.js";
import { useTask } from "../use-task.js";
import { Badge, type BadgeTone, Picture } from "./bits.js";
import { Dialog } from "./dialog.js";
import { ProblemNotice } from "./notice.js";

interface Props {
  readonly enrolment: Enrolment;
  readonly onNews: (news: readonly Enrolment[]) => void;
  /** Also names the product, where several are shown. */
  readonly withSku?: boolean;
}

const tones: Readonly<Record<Enrolment["state"], BadgeTone>> = {
  ...{ queued: "quiet", running: "quiet", enrolled: "good", held: "ask", refused: "bad", dead: "bad" },
};

/** Findings that speak of another product's photo. */
const comparisons: ReadonlySet<string> = new Set(["duplicate", "lookAlike", "stray"]);
const isComparison = (code: string): boolean => comparisons.has(code);

/** One photo: how far it is, why it waits, and what can be done about it. */
export function EnrolmentCard({ enrolment, onNews, withSku }: Props) {
  const { t } = useHq();
  const { sku, state, picture, source } = enrolment;
  const [comparing, setComparing] = useState(false);
  const conflict = enrolment.verdict?.conflicts[0];
  const alike = conflict && enrolment.verdict?.findings.some(({ code }) => isComparison(code));
  return (
    <li className="photo" data-state={state}>
      <Picture src={picture} alt={t.photos.photoOf(sku, source)} size={400} />
      <div className="photo-text">
        {withSku && (
          <Link href={pathOf("products", sku)} className="photo-sku">
            {sku}
          </Link>
        )}
        <Badge tone={tones[state]}>
          {isUnderWay(enrolment) && <span className="spinner small" />}
          {t.photos.states[state]}
        </Badge>
        <Reasons enrolment={enrolment} />
        {alike && conflict && (
          <button type="button" className="button small" onClick={() => setComparing(true)}>
            {t.photos.compare}
          </button>
        )}
        <Decisions enrolment={enrolment} onNews={onNews} />
      </div>
      {comparing && conflict && (
        <Dialog
          title={t.photos.compareTitle}
          closeText={t.common.close}
          onClose={() => setComparing(false)}
          wide
        >
          <p>{t.photos.alikeBy(conflict.similarity * 100)}</p>
          <div className="side-by-side">
            <figure>
              <Picture src={picture} alt="" size={800} />
              <figcaption>{t.photos.newPhotoOf(sku)}</figcaption>
            </figure>
            <figure>
              <Picture src={conflict.picture} alt="" size={800} />
              <figcaption>{t.photos.knownPhotoOf(conflict.sku)}</figcaption>
            </figure>
          </div>
          <Decisions enrolment={enrolment} onNews={onNews} onDone={() => setComparing(false)} />
        </Dialog>
      )}
    </li>
  );
}

/** Why it waits or failed, in plain words: ours by the code, otherwise those of headquarters. */
function Reasons({ enrolment }: { enrolment: Enrolment }) {
  const { t } = useHq();
  const { verdict, failure, state, attempts } = enrolment;
  const findings = state === "queued" || state === "running" ? [] : (verdict?.findings ?? []);
  return (
    <ul className="reasons">
      {findings.map(({ code, grade }) => (
        <li key={code} data-grade={grade}>
          {t.photos.findings[code].what}
          {isComparison(code) && <code> {verdict?.conflicts[0]?.sku}</code>}
          {grade !== "note" && <small>{t.photos.findings[code].fix}</small>}
        </li>
      ))}
      {failure && state !== "enrolled" && (
        <li data-grade="refuse">
          {t.problem.codes[failure.code]?.title ?? failure.message}
          {state === "queued" && <small>{t.photos.tries(attempts)}</small>}
          {state === "dead" && <small>{t.problem.codes[failure.code]?.fix ?? failure.fix}</small>}
        </li>
      )}
    </ul>
  );
}

function Decisions(props: Props & { readonly onDone?: () => void }) {
  const { enrolment, onNews, onDone } = props;
  const { t, client, mayEdit } = useHq();
  const task = useTask();
  const decide = (decision: Decision) =>
    task.run(async () => {
      const asking = { schema: Enrolment };
      const { data } = await client.ask("POST", `/api/enrolments/${enrolment.id}/${decision}`, asking);
      onNews([data]);
      onDone?.();
    });
  const choices = decisionsFor(enrolment);
  if (!mayEdit || choices.length === 0) return null;
  return (
    <>
      <div className="actions tight">
        {choices.map((decision) => (
          <button
            key={decision}
            type="button"
            className={decision === "accept" ? "button small primary" : "button small"}
            disabled={task.busy}
            onClick={() => void decide(decision)}
          >
            {t.photos.decisions[decision]}
          </button>
        ))}
      </div>
      <ProblemNotice t={t} error={task.error} />
    </>
  );
}
