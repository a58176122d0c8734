import { useEffect } from "react";
import type { Problem } from "../state/ui-state.js";
import { Icon } from "./icon.js";
import { useUi } from "./lane-context.js";
import { sentence } from "./sentence.js";

const shownMs = 12_000;

export function ProblemText({ problem }: { problem: Problem }) {
  return (
    <p className="problem" role="alert">
      <Icon name="alert" />
      <span>
        <strong>{sentence(problem.message)}</strong> {problem.fix}
      </span>
    </p>
  );
}

/** Why the last request was refused; goes by itself, or at a touch. */
export function ProblemToast() {
  const { state, t, dispatch } = useUi();
  const { problem } = state;
  useEffect(() => {
    if (!problem) return;
    const timer = setTimeout(() => dispatch({ type: "problemSeen" }), shownMs);
    return () => clearTimeout(timer);
  }, [problem, dispatch]);
  if (!problem) return null;
  return (
    <div className="toast">
      <ProblemText problem={problem} />
      <button
        type="button"
        className="button round"
        aria-label={t.close}
        onClick={() => dispatch({ type: "problemSeen" })}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
