import type { LineItem } from "@tillsight/contracts";
import { useEffect } from "react";
import { attendantTasks } from "../state/attendant-tasks.js";
import { reasonOf } from "../state/item-look.js";
import { payProgress } from "../state/screen.js";
import { AttendantTask } from "./attendant-task.js";
import { ItemReason } from "./item-reason.js";
import { useUi } from "./lane-context.js";
import { sentence } from "./sentence.js";
import { Sheet } from "./sheet.js";

/** A panel that nobody touches locks itself: the attendant may have gone to another lane. */
const lockAfterMs = 60_000;

function useAutoLock(): void {
  const { dispatch } = useUi();
  useEffect(() => {
    let timer = setTimeout(() => dispatch({ type: "closed" }), lockAfterMs);
    const touched = () => {
      clearTimeout(timer);
      timer = setTimeout(() => dispatch({ type: "closed" }), lockAfterMs);
    };
    document.addEventListener("pointerdown", touched);
    document.addEventListener("keydown", touched);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerdown", touched);
      document.removeEventListener("keydown", touched);
    };
  }, [dispatch]);
}

function LineRow({ line }: { line: LineItem }) {
  const { state, t, price, act } = useUi();
  const why = reasonOf(line, state.view?.tray.items ?? []);
  const gone = line.till === "voided" || line.till === "voidQueued";
  return (
    <li className="row" data-till={line.till}>
      <span className="row-quantity">{line.quantity}</span>
      <span className="row-name">
        {line.name}
        <span className="row-unit">{`${price(line.total)} · ${t.till[line.till]}`}</span>
        {why && <ItemReason why={why} />}
      </span>
      {!gone && (
        <button type="button" className="button danger" onClick={() => act({ do: "void", line: line.id })}>
          {t.void}
        </button>
      )}
    </li>
  );
}

export function AttendantPanel() {
  const { state, t, act } = useUi();
  useAutoLock();
  const basket = state.view?.basket;
  if (!basket) return null;
  const tasks = attendantTasks(basket);
  // Two like items in doubt give the same sentence twice; each has its own question below.
  const notices = [
    ...new Map((state.view?.notices ?? []).map((n) => [`${n.code} ${n.text} ${n.picture}`, n])),
  ];
  const nothing = tasks.length === 0 && notices.length === 0 && !basket.helpWanted;
  const { settled, all } = payProgress(basket);
  const open = basket.status === "shopping" || basket.status === "paying";
  return (
    <Sheet title={t.attendantTitle} shape="side">
      {notices.map(([key, notice]) => (
        <p key={key} className="notice" data-severity={notice.severity}>
          {notice.picture && <img className="notice-picture" src={notice.picture} alt="" />}
          <strong>{sentence(notice.text)}</strong> {notice.fix}
        </p>
      ))}
      {nothing && <p className="found-none">{t.nothingToDo}</p>}
      {tasks.map((task) => (
        <AttendantTask key={`${task.kind}-${task.line.id}`} task={task} />
      ))}
      <div className="choices">
        {basket.helpWanted && (
          <button type="button" className="button primary" onClick={() => act({ do: "dismissHelp" })}>
            {t.dismissHelp}
          </button>
        )}
        {basket.status === "suspended" && (
          <button type="button" className="button primary" onClick={() => act({ do: "resume" })}>
            {t.resume}
          </button>
        )}
        {basket.status === "paying" && settled === all && (
          <button type="button" className="button" onClick={() => act({ do: "retryTotal" })}>
            {t.retryTotal}
          </button>
        )}
        {open && (
          <button type="button" className="button" onClick={() => act({ do: "suspend" })}>
            {t.suspend}
          </button>
        )}
      </div>
      {basket.lines.length > 0 && <h3>{t.lines}</h3>}
      <ul className="basket-lines">
        {basket.lines.map((line) => (
          <LineRow key={line.id} line={line} />
        ))}
      </ul>
    </Sheet>
  );
}
