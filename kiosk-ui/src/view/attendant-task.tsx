import type { BasketAction } from "@tillsight/contracts";
import type { AttendantTaskItem } from "../state/attendant-tasks.js";
import { useUi } from "./lane-context.js";

interface Answer {
  readonly text: string;
  readonly action: BasketAction;
  readonly isDanger?: boolean;
}

/** One question to the attendant, with its two answers. */
export function AttendantTask({ task: { kind, line } }: { task: AttendantTaskItem }) {
  const { t, act } = useUi();
  const id = { line: line.id };
  const question = {
    doubt: t.doubtQuestion(line.name),
    refused: t.refusedByTill(line.name),
    age: t.ageQuestion(line.name, line.minAge),
  }[kind];
  const answers: readonly Answer[] = {
    doubt: [
      { text: t.onTill, action: { do: "settleDoubt", ...id, onTill: true } },
      { text: t.notOnTill, action: { do: "settleDoubt", ...id, onTill: false } },
    ] as const,
    age: [
      { text: t.approve, action: { do: "approveAge", ...id, approved: true } },
      { text: t.refuse, action: { do: "approveAge", ...id, approved: false }, isDanger: true },
    ] as const,
    refused: [
      { text: t.sendAgain, action: { do: "retryLine", ...id } },
      { text: t.void, action: { do: "void", ...id }, isDanger: true },
    ] as const,
  }[kind];
  return (
    <div className="task">
      <p>{question}</p>
      <div className="choices">
        {answers.map(({ text, action, isDanger = false }) => (
          <button
            key={text}
            type="button"
            className={isDanger ? "button danger" : "button"}
            onClick={() => act(action)}
          >
            {text}
          </button>
        ))}
      </div>
    </div>
  );
}
