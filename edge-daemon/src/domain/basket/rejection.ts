import { TillsightError } from "@tillsight/contracts";

/** Every reason for which the basket may say no, and what the person asking can do about it. */
const reasons = {
  NOT_OPEN: ["there is no open transaction", "Put something on the tray, or add an item, first."],
  BASKET_FROZEN: [
    "the basket cannot be changed while it is being paid",
    "Finish paying, or call the attendant to void a line.",
  ],
  SUSPENDED: ["the transaction is suspended", "Ask the attendant to resume it."],
  ALREADY_ENDED: ["this transaction is over", "Take the goods off the tray to begin the next one."],
  NO_SUCH_LINE: ["the basket has no such line", "Look at the newest basket and try again."],
  NO_SUCH_PRODUCT: [
    "the catalog has no such product",
    "Choose another product, or add this one to the catalog.",
  ],
  WRONG_CURRENCY: [
    "the product's price is in another currency than this lane's",
    "Correct the product's price in the catalog, or the lane's currency in its configuration.",
  ],
  ITEM_ON_TRAY: [
    "this line stands for an item that lies on the tray",
    "Take the item off the tray, or call the attendant to void the line.",
  ],
  TRAY_QUANTITY: [
    "one line stands for one item on the tray",
    "Put the other pieces on the tray beside it, or add them by hand as a line of their own.",
  ],
  WEIGHED_QUANTITY: ["goods sold by weight have no quantity", "Weigh each bag as a line of its own."],
  ALREADY_IDENTIFIED: [
    "this line is identified already",
    "Call the attendant, who can change it, or take the item off the tray and put it back.",
  ],
  NOT_BY_WEIGHT: ["this line is not sold by weight", "Nothing needs to be weighed."],
  TILL_TAKES_NO_WEIGHT: [
    "this lane's till cannot be told a weight",
    "Take the goods off the tray, or ask the attendant, who takes them out of this sale and sells them at the till by hand.",
  ],
  NOT_ABOVE_TARE: [
    "nothing is left after the packaging's weight",
    "Put the goods on the scale with their packaging and weigh again.",
  ],
  NO_AGE_CHECK: ["this line waits for no age check", "Nothing to do."],
  EMPTY_BASKET: ["the basket is empty", "Put something on the tray first."],
  LINES_NOT_READY: ["some lines are not ready", "Answer what is asked for each of them."],
  NOTHING_TO_SETTLE: ["nothing about this line is in doubt", "Nothing to do."],
  NOTHING_TO_RETRY: ["the till has refused nothing here", "Nothing to do."],
  DOUBT_FIRST: [
    "it is not known whether the till has this line",
    "Look at the till and answer that question first.",
  ],
  TILL_BUSY: [
    "this is being sent to the till right now",
    "Wait for the till's answer; if none comes, see to the till's cable and power.",
  ],
  ALREADY_VOID: ["this line is void, or being voided, already", "Nothing to do."],
  LINES_ON_TILL: [
    "the till has lines of this transaction already",
    "Ask the attendant to void each of them; the transaction ends by itself then.",
  ],
  NOT_SUSPENDABLE: ["there is nothing to suspend", "Only an open transaction can be suspended."],
  NOT_SUSPENDED: ["the transaction is not suspended", "Nothing to do."],
} as const satisfies Record<string, readonly [message: string, fix: string]>;

export type RejectionCode = keyof typeof reasons;

/** Why a command changed nothing. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly message: string;
  readonly fix: string;
}

/** @param detail follows the message after a colon, for example the lines it is about */
export function reject(code: RejectionCode, detail?: string): Rejection {
  const [message, fix] = reasons[code];
  return { code, message: detail ? `${message}: ${detail}` : message, fix };
}

/** A rejection on its way to the person who asked. */
export class BasketRefusedError extends TillsightError {
  readonly code: RejectionCode;

  constructor(rejection: Rejection) {
    super(rejection.message, rejection.fix);
    this.code = rejection.code;
  }
}
