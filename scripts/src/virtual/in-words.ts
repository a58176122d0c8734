import type { Happening } from "./director.js";
import type { TrayScript } from "./script.js";
import type { Corrected } from "./shopper-corrections.js";
import { demoProduct } from "./store.js";

const nameOf = (sku: string): string => demoProduct(sku).product.name;

/** "pretzel" for the thing that `id` is on this tray. */
function nameOfId(tray: TrayScript, id: string): string {
  const items = tray.steps.flatMap((step) => (step.do === "bring" ? step.items : []));
  const item = items.find(({ pose }) => pose.id === id);
  return item ? nameOf(item.sku) : "something";
}

/** What a watcher of the demo is told about it; null for what needs no words. */
export function inWords(tray: TrayScript, what: Happening): string | null {
  switch (what.do) {
    case "bring":
      return `puts down: ${what.items.map(({ sku }) => nameOf(sku)).join(" + ")}`;
    case "take":
      return `takes away: ${nameOfId(tray, what.id)}`;
    case "move":
      return `moves: ${nameOfId(tray, what.id)}`;
    case "turn":
      return `turns: ${nameOfId(tray, what.id)}`;
    case "cover":
      return "holds a hand over the tray";
    case "light":
      return "the light changes";
    case "answer":
      return answerInWords(what);
    case "correct":
      return `put right by hand: ${correctionInWords(what)}`;
    default:
      return null;
  }
}

/** "Lemon was missing": what a correction put right. */
export function correctionInWords({ what, sku, instead }: Corrected): string {
  const name = nameOf(sku);
  return {
    missing: `${name} was missing`,
    tooMany: `one ${name} too many`,
    misnamed: `${name} was taken for ${instead === null ? "something else" : nameOf(instead)}`,
    misweighed: `${name} had another's weight`,
  }[what];
}

function answerInWords({ about, truth }: Extract<Happening, { do: "answer" }>): string {
  const name = truth === null ? "something" : nameOf(truth);
  return {
    choice: `is asked which it is, and touches: ${name}`,
    identification: `is asked what it is, and finds: ${name}`,
    weight: `weighs: ${name}`,
    ageApproval: `staff check the age for: ${name}`,
    ghost: "staff void a line for something that is not there",
  }[about];
}
