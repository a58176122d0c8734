import {
  attendantActions,
  ClientMessage,
  describeError,
  type ServerMessage,
  TillsightError,
} from "@tillsight/contracts";
import { z } from "zod";
import type { Logger } from "../observe/logger.js";
import type { LaneControl } from "../ports/lane.js";
import type { AttendantGate } from "./attendant.js";
import { TooManyRequestsError } from "./errors.js";

type Answer = Extract<ServerMessage, { type: "answer" }>;

/** Requests of one page that may wait; people do not touch faster. */
const mostWaiting = 16;

const RequestId = z.looseObject({ requestId: z.string().min(1).max(64) });

/** Error as the page is told about it; what is not ours on purpose is not explained to shoppers. */
function failed(requestId: string, error: unknown): Answer {
  if (error instanceof TillsightError)
    return { type: "answer", requestId, error: { code: error.code, message: error.message, fix: error.fix } };
  const fix = "Try again; if it happens again, call the attendant.";
  return { type: "answer", requestId, error: { code: "INTERNAL", message: "that did not work", fix } };
}

function parse(text: string): { ok: true; message: ClientMessage } | { ok: false; answer: Answer } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const result = ClientMessage.safeParse(json);
  if (result.success) return { ok: true, message: result.data };
  const requestId = RequestId.safeParse(json).data?.requestId ?? "";
  const [issue] = result.error.issues;
  const where = issue?.path.join(".") || "the message";
  const fix = "Reload the page: it may be older than the lane.";
  const message = `the request does not fit: ${where}: ${issue?.message ?? "not readable"}`;
  return { ok: false, answer: { type: "answer", requestId, error: { code: "INVALID_INPUT", message, fix } } };
}

/** Carries out the requests of one page, one after the other in the order they came. */
export class Requests {
  readonly #lane: Pick<LaneControl, "act">;
  readonly #gate: AttendantGate;
  readonly #log: Logger;
  #waiting = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(lane: Pick<LaneControl, "act">, gate: AttendantGate, log: Logger) {
    this.#lane = lane;
    this.#gate = gate;
    this.#log = log;
  }

  /** @param text one message of the page, of any content. Never rejects. */
  async handle(text: string): Promise<Answer> {
    const parsed = parse(text);
    if (!parsed.ok) return parsed.answer;
    const { requestId } = parsed.message;
    if (this.#waiting >= mostWaiting)
      return failed(requestId, new TooManyRequestsError("too many requests at once", "Wait a moment."));
    this.#waiting++;
    const mine = this.#turn.then(() => this.#carryOut(parsed.message));
    this.#turn = mine.catch(() => {});
    try {
      await mine;
      return { type: "answer", requestId, error: null };
    } catch (error) {
      if (!(error instanceof TillsightError))
        this.#log.error("a kiosk request failed unexpectedly", { error: describeError(error) });
      return failed(requestId, error);
    } finally {
      this.#waiting--;
    }
  }

  async #carryOut(message: ClientMessage): Promise<void> {
    if (message.type === "unlock") return this.#gate.check(message.attendantPin);
    // A PIN with an action that anybody may do makes it the attendant's, who may do more with the same action.
    const byAttendant = attendantActions.has(message.action.do) || message.attendantPin !== undefined;
    if (byAttendant) await this.#gate.check(message.attendantPin);
    await this.#lane.act(message.action, byAttendant ? "attendant" : "shopper");
  }
}
