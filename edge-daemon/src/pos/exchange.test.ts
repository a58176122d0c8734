import { describe, expect, it } from "vitest";
import {
  type ExchangeInput,
  type ExchangePlan,
  type ExchangeState,
  exchangeStart,
  nextExchange,
} from "./exchange.js";

const named: ExchangePlan = { awaitsAnswer: true, namedAnswers: true, resendOnSilence: true, attempts: 3 };
const numbered: ExchangePlan = { ...named, namedAnswers: false };
const bare: ExchangePlan = { ...numbered, resendOnSilence: false };
const mute: ExchangePlan = { ...bare, awaitsAnswer: false };

const inputs: Record<string, ExchangeInput> = {
  quiet: { on: "quiet" },
  written: { on: "written" },
  timeout: { on: "timeout" },
  ack: { on: "ack" },
  stray: { on: "stray" },
  nak: { on: "nak", reason: "nak" },
  busy: { on: "busy", reason: "busy" },
  refused: { on: "refused", reason: "no" },
  broken: { on: "broken", reason: "cable" },
  notOpen: { on: "notOpen", reason: "closed" },
};

/** Short form of a state: where, which transmission, `?` when the till may have it; or the outcome. */
function short(state: ExchangeState | undefined): string {
  if (!state) return "illegal";
  if (state.at === "done") return state.outcome.kind;
  if (state.at === "settling") return "settling";
  return `${state.at}${state.attempt}${state.silent ? "?" : ""}`;
}

function play(plan: ExchangePlan, story: string): string {
  let state: ExchangeState | undefined = exchangeStart;
  for (const word of story.split(" ")) {
    const input = inputs[word];
    if (!input) throw new TypeError(`no input ${word}`);
    state = state && nextExchange(plan, state, input);
  }
  return short(state);
}

const cases: [situation: string, plan: ExchangePlan, story: string, end: string][] = [
  ["answered at once", named, "quiet written ack", "accepted"],
  ["a first silence is met with the same frame", named, "quiet written timeout", "writing2?"],
  ["answered after two silences", named, "quiet written timeout written timeout written ack", "accepted"],
  ["silent to the end", named, "quiet written timeout written timeout written timeout", "inDoubt"],
  ["a final no", named, "quiet written refused", "refused"],
  ["busy, then taken", named, "quiet written busy timeout written ack", "accepted"],
  [
    "busy to the end: certainly not delivered",
    named,
    "quiet written busy timeout written busy timeout written busy",
    "unsent",
  ],
  [
    "silence, then busy to the end: nobody knows",
    named,
    "quiet written timeout written busy timeout written busy",
    "inDoubt",
  ],
  ["late answer while the repeat is leaving", named, "quiet written timeout ack", "accepted"],
  ["late no while the repeat is leaving", named, "quiet written timeout refused", "refused"],
  ["late answer while pausing", named, "quiet written timeout written busy ack", "accepted"],
  ["our own answer from before a crash", named, "quiet ack", "accepted"],
  ["answers to other messages change nothing", named, "quiet written stray stray stray", "awaitAnswer1"],
  ["port closed before a byte left", named, "quiet notOpen", "unsent"],
  ["port closed before settling ended", named, "notOpen", "unsent"],
  [
    "port closed at the repeat: the first may have arrived",
    named,
    "quiet written timeout notOpen",
    "inDoubt",
  ],
  ["port broke while writing", named, "quiet broken", "inDoubt"],
  ["port broke while waiting", named, "quiet written broken", "inDoubt"],
  ["port broke while pausing for a busy till", named, "quiet written busy broken", "unsent"],
  ["old answers before the first byte are let pass", numbered, "ack nak ack stray quiet", "writing1"],
  ["a line that never falls quiet", numbered, "ack ack timeout", "unsent"],
  ["an unnamed answer before our frame is out is not ours", numbered, "quiet ack", "writing1"],
  ["an unnamed answer during the repeat is to the first", numbered, "quiet written timeout ack", "accepted"],
  ["NAK is met with the same frame", numbered, "quiet written nak", "writing2"],
  ["NAK to the end is a no", numbered, "quiet written nak written nak written nak", "refused"],
  [
    "silence, then NAK to the end: nobody knows",
    numbered,
    "quiet written timeout written nak written nak",
    "inDoubt",
  ],
  ["a byte during the repeat after NAK settles nothing yet", bare, "quiet written nak ack", "writing2"],
  ["bare: silence is never met with a repeat", bare, "quiet written timeout", "inDoubt"],
  ["bare: NAK, then taken", bare, "quiet written nak written ack", "accepted"],
  ["bare: ACK before the write is reported, then nothing", bare, "quiet ack written timeout", "accepted"],
  ["bare: NAK before the write is reported, then nothing", bare, "quiet nak written timeout", "writing2"],
  ["bare: NAK before the write is reported, then ACK", bare, "quiet nak written ack", "accepted"],
  ["bare: ACK before the write is reported, then NAK", bare, "quiet ack written nak", "writing2"],
  [
    "bare: an early NAK answers one transmission only",
    bare,
    "quiet nak written timeout written timeout",
    "inDoubt",
  ],
  [
    "bare: early NAKs to the end",
    bare,
    "quiet nak written timeout nak written timeout nak written timeout",
    "refused",
  ],
  [
    "numbered: early NAK, then silence: the repeat settles it",
    numbered,
    "quiet nak written timeout",
    "writing2?",
  ],
  ["bare: NAK, then silence", bare, "quiet written nak written timeout", "inDoubt"],
  ["mute: out is all one can know", mute, "quiet written", "accepted"],
  ["mute: broken while writing", mute, "quiet broken", "inDoubt"],
  ["mute: not open", mute, "quiet notOpen", "unsent"],
  ["nothing happens after the end", named, "quiet written ack ack", "illegal"],
  ["nothing is written while settling", named, "written", "illegal"],
  ["settling happens once", named, "quiet quiet", "illegal"],
  ["a write has no timeout of its own", named, "quiet timeout", "illegal"],
];

describe("exchange with a till", () => {
  it.each(cases)("%s", (_situation, plan, story, end) => {
    expect(play(plan, story)).toBe(end);
  });

  it("ends in at most three steps an attempt whatever comes, and never sends more than it may", () => {
    for (const plan of [named, numbered, bare, mute])
      for (const path of paths(plan, exchangeStart, 9)) expect(path).toBeLessThanOrEqual(plan.attempts);
  });
});

/** The most transmissions on each way through the table, following every legal input that changes the state. */
function* paths(plan: ExchangePlan, state: ExchangeState, depth: number): Generator<number> {
  if ("attempt" in state) yield state.attempt;
  if (depth === 0) return;
  for (const input of Object.values(inputs)) {
    const next = nextExchange(plan, state, input);
    if (next && next !== state) yield* paths(plan, next, depth - 1);
  }
}
