import { InvariantError } from "@tillsight/contracts";
import type { Clock } from "../ports/clock.js";
import type { TillOutcome } from "../ports/line-sink.js";
import type { Dialect, Pending } from "./dialect.js";
import { type ExchangeInput, type ExchangeState, exchangeStart, nextExchange } from "./exchange.js";
import type { ByteLink } from "./link/byte-link.js";
import type { PosSettings } from "./settings.js";
import type { TillTrace } from "./trace.js";
import { Inbox } from "./wait.js";

export type ExchangeTimers = Pick<PosSettings, "ackTimeoutMs" | "busyRetryMs">;

/** Answers that may still come to what was sent before, where answers carry no name. */
export interface Debts {
  /** Transmissions that have had no answer yet. */ owed: number;
  /** Monotonic milliseconds of the last answer, transmission or opening. */ since: number;
}

export interface ExchangeContext {
  readonly dialect: Dialect;
  readonly link: ByteLink;
  readonly timers: ExchangeTimers;
  readonly clock: Clock;
  readonly debts: Debts;
  readonly trace: (trace: TillTrace) => void;
  /** Where the sink puts what the till says while this exchange is under way. */
  readonly listen: (pending: Pending, put: (input: ExchangeInput) => void) => () => void;
}

/**
 * A nameless answer is waited for this many answer timeouts after the last sign of life: it was late already when
 * its frame was sent again, so it may be as late once more.
 */
const SETTLE_TIMEOUTS = 2;

/** A line that keeps giving old answers is given up after this many answer timeouts. */
const SETTLE_LIMIT = 6;

/** Drives the pure table: writes, waits and listens. Rejects only with the abort reason. */
export async function runExchange(
  x: ExchangeContext,
  pending: Pending,
  signal: AbortSignal,
): Promise<TillOutcome> {
  const inbox = new Inbox<ExchangeInput>();
  const offAnswers = x.listen(pending, (input) => inbox.put(input));
  const offState = x.link.onState(() => {
    if (!x.link.isOpen()) inbox.put({ on: "broken", reason: whyClosed(x.link) });
  });
  const giveUpSettling = x.clock.monotonic() + SETTLE_LIMIT * x.timers.ackTimeoutMs;
  try {
    let state: ExchangeState = exchangeStart;
    while (state.at !== "done") {
      const input = await nextInput(x, state, inbox, giveUpSettling, signal);
      if (input.on === "timeout" && state.at === "awaitAnswer" && !state.early)
        x.trace({ event: "noAnswer", attempt: state.attempt });
      const next = nextExchange(x.dialect.plan, state, input);
      if (!next) throw new InvariantError(`till exchange: ${input.on} cannot happen while ${state.at}`);
      if (next.at === "writing" && next !== state) transmit(x, pending, inbox);
      state = next;
    }
    return state.outcome;
  } finally {
    offAnswers();
    offState();
  }
}

async function nextInput(
  x: ExchangeContext,
  state: Exclude<ExchangeState, { at: "done" }>,
  inbox: Inbox<ExchangeInput>,
  giveUpSettling: number,
  signal: AbortSignal,
): Promise<ExchangeInput> {
  if (state.at === "settling") {
    if (!x.link.isOpen()) return { on: "notOpen", reason: whyClosed(x.link) };
    const wait = settleFor(x);
    if (wait <= 0) return { on: "quiet" };
    const left = giveUpSettling - x.clock.monotonic();
    if (left <= 0) return { on: "timeout" };
    return (await inbox.take(Math.min(wait, left), signal)) ?? { on: "stray" };
  }
  const limit = {
    // The link bounds a write itself.
    writing: Number.POSITIVE_INFINITY,
    awaitAnswer: x.timers.ackTimeoutMs,
    backOff: x.timers.busyRetryMs,
  }[state.at];
  return (await inbox.take(limit, signal)) ?? { on: "timeout" };
}

/** Milliseconds until no old answer can come any more; 0 when none is owed. */
function settleFor({ dialect, debts, timers, clock }: ExchangeContext): number {
  if (dialect.plan.namedAnswers || !dialect.plan.awaitsAnswer || debts.owed <= 0) return 0;
  const left = debts.since + SETTLE_TIMEOUTS * timers.ackTimeoutMs - clock.monotonic();
  if (left <= 0) debts.owed = 0;
  return Math.max(0, left);
}

function transmit(x: ExchangeContext, pending: Pending, inbox: Inbox<ExchangeInput>): void {
  x.trace({ event: "sent", bytes: pending.bytes });
  x.debts.owed++;
  x.debts.since = x.clock.monotonic();
  void x.link.write(pending.bytes).then((result) => {
    x.debts.since = x.clock.monotonic();
    if (result.kind === "written") inbox.put({ on: "written" });
    else inbox.put({ on: result.kind, reason: result.reason });
  });
}

const whyClosed = (link: ByteLink): string => link.fault()?.message ?? `${link.path} is not open`;
