import type { BasketAction } from "@tillsight/contracts";
import { type BasketCommand, type BasketContext, type Decided, Draft } from "./commands.js";
import * as attendant from "./decide-attendant.js";
import * as shopper from "./decide-shopper.js";
import { decideTill } from "./decide-till.js";
import { decideTray } from "./decide-tray.js";
import type { Rejection } from "./rejection.js";
import type { BasketState } from "./state.js";

function decideAction(draft: Draft, action: BasketAction, by: shopper.Person): Rejection | undefined {
  switch (action.do) {
    case "addSku":
      return shopper.addSku(draft, action, by);
    case "resolve":
      return shopper.resolve(draft, action, by);
    case "setQuantity":
      return shopper.setQuantity(draft, action);
    case "weigh":
      return shopper.weigh(draft, action);
    case "remove":
      return shopper.removeLine(draft, action.line, by);
    case "checkout":
      return shopper.checkout(draft);
    case "callHelp":
      return shopper.callHelp(draft);
    case "cancel":
      return shopper.cancel(draft);
    case "dismissHelp":
      return attendant.dismissHelp(draft);
    case "approveAge":
      return attendant.approveAge(draft, action);
    case "void":
      return attendant.voidLine(draft, action);
    case "settleDoubt":
      return attendant.settleDoubt(draft, action);
    case "retryLine":
      return attendant.retryLine(draft, action);
    case "retryTotal":
      return attendant.retryTotal(draft);
    case "suspend":
      return attendant.suspend(draft);
    case "resume":
      return attendant.resume(draft);
  }
}

function loseTray(draft: Draft): void {
  const { status, lines, dismissed } = draft.state;
  if (status !== "shopping" && status !== "paying" && status !== "suspended") return;
  const followed = [...lines.filter((line) => line.trayItemId !== null), ...dismissed];
  if (followed.some((item) => !item.adrift)) draft.emit({ type: "trayLost" });
}

/**
 * What `command` does to the basket: events to be stored, and messages for the till's outbox that must be
 * stored with them, or the reason why nothing is done. Pure, apart from what `context` is asked.
 *
 * Who may ask is not decided here: the kiosk API checks the attendant's PIN. `by` only says whom a line
 * that was named by hand comes from, and what a shopper may not do alone.
 */
export function decide(state: BasketState, command: BasketCommand, context: BasketContext): Decided {
  const draft = new Draft(state, context);
  let rejected: Rejection | undefined;
  if (command.kind === "tray") decideTray(draft, command.items);
  else if (command.kind === "trayLost") loseTray(draft);
  else if (command.kind === "till") decideTill(draft, command.messageId, command.outcome);
  else rejected = decideAction(draft, command.action, command.by);
  return rejected ? { rejected } : { events: draft.events, messages: draft.messages };
}
