import type { AttendantTaskItem } from "../state/attendant-tasks.js";
import { useUi } from "./lane-context.js";

/** One question to the attendant, with its two answers. */
export function AttendantTask({ task: { kind, line } }: { task: AttendantTaskItem }) {
  const { t, act } = useUi();
  const id = { line: line.id };
  const question = {
    doubt: t.doubtQuestion(line.name),
    refused: t.refusedByTill(line.name),
    age: t.ageQuestion(line.name, line.minAge),
  }[kind];
  return (
    <div className="task">
      <p>{question}</p>
      <div className="choices">
        {kind === "doubt" && (
          <>
            <button
              type="button"
              className="button"
              onClick={() => act({ do: "settleDoubt", ...id, onTill: true })}
            >
              {t.onTill}
            </button>
            <button
              type="button"
              className="button"
              onClick={() => act({ do: "settleDoubt", ...id, onTill: false })}
            >
              {t.notOnTill}
            </button>
          </>
        )}
        {kind === "age" && (
          <>
            <button
              type="button"
              className="button"
              onClick={() => act({ do: "approveAge", ...id, approved: true })}
            >
              {t.approve}
            </button>
            <button
              type="button"
              className="button danger"
              onClick={() => act({ do: "approveAge", ...id, approved: false })}
            >
              {t.refuse}
            </button>
          </>
        )}
        {kind === "refused" && (
          <>
            <button type="button" className="button" onClick={() => act({ do: "retryLine", ...id })}>
              {t.sendAgain}
            </button>
            <button type="button" className="button danger" onClick={() => act({ do: "void", ...id })}>
              {t.void}
            </button>
          </>
        )}
      </div>
    </div>
  );
}
