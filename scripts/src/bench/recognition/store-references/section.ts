import { percent } from "../draws.js";
import type { Setting } from "../open-set.js";
import { ratesOf } from "../open-set-rates.js";
import { type PageSection, table } from "../section.js";
import { POOL, type Trial } from "./measure.js";

const settings: Readonly<Record<Setting, string>> = {
  "unseen only": "unseen classes only",
  "among all": "among all classes",
};

function figures({ outcomes }: Trial): string[] {
  const known = outcomes.filter((o) => o.known);
  const { correctAccepts, falseAccepts, wrongAccepts, unknown } = ratesOf(outcomes);
  const first = known.filter(({ bestIsTrue }) => bestIsTrue).length / known.length;
  return [first, correctAccepts, falseAccepts, wrongAccepts, unknown].map(percent);
}

const heads = ["recall@1", "correct accepts", "false accepts", "accepted as another", "not known"];
const isChoice = ({ references }: Trial): boolean => references === POOL;

const choosing = (trials: readonly Trial[]): string =>
  table(
    ["catalog", `kept of ${POOL}`, ...heads],
    trials.filter(isChoice).map((trial) => [settings[trial.setting], trial.way, ...figures(trial)]),
  );

const checking = (trials: readonly Trial[]): string =>
  table(
    ["catalog", "references", "of other products", "checked", "wrong ones held", "right ones held", ...heads],
    trials
      .filter((trial) => !isChoice(trial))
      .map((trial) => [
        ...[settings[trial.setting], String(trial.references), percent(trial.wrong), trial.way],
        ...[percent(trial.found / trial.ofWrong), percent(trial.lost / trial.ofRight)],
        ...figures(trial),
      ]),
  );

export const storeReferencesSection = (trials: readonly Trial[]): PageSection => ({
  ...{ name: "store-references", title: "References of a store", targets: [], plots: [] },
  text: [
    `Pictures of a third of the products, drawn by chance, are left out of the catalog as strangers; only classes that the network never saw are asked about, all draws together. Headquarters may be told to keep so many references of a product at most (\`--most-references\`): it keeps those that bring each of its pictures nearest to one that is kept. It puts a reference before a person, and lanes do without it until then, when it is nearer to another product's than to its own.`,
    `${POOL} photos of each product, and what is kept of them:`,
    choosing(trials),
    `A share of the references replaced by photos of other products of the same store. *Strays held*: the photos come product after product, and what headquarters holds is left out, as if nobody ever looked at it. *Without the wrong ones*: somebody looked at every picture.`,
    checking(trials),
  ].join("\n\n"),
});
