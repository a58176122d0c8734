import type { Because, Compared, Decision, DecisionReason } from "@tillsight/contracts";
import type { DecisionRule } from "./decide.js";
import { oddsOf } from "./odds.js";
import { acceptFrom, defaultPrices } from "./prices.js";
import type { Evidence, Vote } from "./votes.js";

type Seen = Pick<Evidence, "frames" | "votes" | "weighed">;

function compared(vote: Vote | undefined, probability: number | null): Compared | null {
  return vote ? { sku: vote.sku, referenceId: vote.referenceId, score: vote.score, probability } : null;
}

function because(decision: Decision, reason: Omit<DecisionReason, "because">): Because {
  switch (decision.kind) {
    case "matched":
      return decision.by === "barcode" ? "barcode" : "sure";
    case "conflict":
      return "contradiction";
    case "ambiguous": {
      const { first, second, none } = reason;
      // Barcodes of two products may name products that no picture suggests.
      if (!decision.candidates.some(({ sku }) => sku === first?.sku)) return "twoBarcodes";
      return none === null || (second?.probability ?? 0) > none ? "alike" : "unsure";
    }
    case "unknown": {
      const { first, needed } = reason;
      if (!first) return "nothing";
      // Clear enough to be taken, and yet it was not: only the look for pictures of goods does that.
      return (first.probability ?? first.score) >= needed ? "picture" : "strange";
    }
  }
}

/** Why `decision` was made of this evidence: what was nearest, what was second, and what was lacking. */
export function explain(evidence: Seen, decision: Decision, rule: DecisionRule): DecisionReason {
  const { calibration, prices = defaultPrices } = rule;
  const odds = calibration && oddsOf(evidence, calibration, prices.strangers);
  const [first, second] = odds
    ? odds.ranked.map(({ vote, probability }) => compared(vote, probability))
    : evidence.votes.map((vote) => compared(vote, null));
  const { weighed } = evidence;
  const says = evidence.votes.find(({ sku }) => sku === first?.sku)?.weight;
  const times = says === undefined ? null : Math.exp(says);
  const reason = {
    ...(weighed && { weight: { grams: weighed.grams, times } }),
    ...{ first: first ?? null, second: second ?? null, none: odds?.none ?? null, frames: evidence.frames },
    needed: calibration ? acceptFrom(prices) : rule.match,
  };
  return { because: because(decision, reason), ...reason };
}

const percent = (p: number): string => `${(100 * p).toFixed(p > 0.995 && p < 1 ? 2 : p < 0.1 ? 1 : 0)} %`;

function product({ sku, referenceId, score, probability }: Compared): string {
  const sure = probability === null ? "" : `${percent(probability)}, `;
  return `${sku} (${sure}similarity ${score.toFixed(3)} to reference ${referenceId})`;
}

function weight({ grams, times }: NonNullable<DecisionReason["weight"]>, first: Compared | null): string {
  const what = `${grams.toFixed(0)} g`;
  if (times === null || !first) return `${what}, of which nothing is known`;
  const by = (factor: number) => factor.toFixed(factor < 3 ? 1 : 0);
  if (times < 1) return `${what}, which makes ${first.sku} ${by(1 / times)} times less likely`;
  return `${what}, which makes ${first.sku} ${by(times)} times likelier`;
}

const openings: Record<Because, string> = {
  barcode: "its barcode was read",
  sure: "its picture is clear enough",
  contradiction: "barcode and picture contradict each other",
  twoBarcodes: "barcodes of several products were read",
  alike: "several products look alike",
  unsure: "its picture is not clear enough",
  strange: "it looks like nothing in the catalog",
  picture: "it is probably a picture of a product",
  nothing: "there is nothing to compare it with",
};

/** The reason as one English sentence, for logs and the command line. */
export function inWords(reason: DecisionReason): string {
  const { first, second, none, needed, frames } = reason;
  const parts = [`${openings[reason.because]}, by ${frames} frame${frames === 1 ? "" : "s"}`];
  if (first) parts.push(`nearest ${product(first)}`);
  if (second) parts.push(`second ${product(second)}`);
  if (reason.weight) parts.push(`it weighs ${weight(reason.weight, first)}`);
  if (none !== null) parts.push(`none of the catalog ${percent(none)}`);
  if (first) parts.push(`taken without asking from ${none === null ? needed : percent(needed)}`);
  return parts.join("; ");
}
