/**
 * A lane without a camera: basket, journal, dispatcher and a real serial port, with shoppers who follow
 * `shoppingList` one after the other. Made to be killed at any moment, started again, and to go on.
 *
 * Argument: JSON of `LaneChildOptions`. Says on its standard output:
 *   `ready <transaction> <lines>`      what it found in its journal
 *   `added <transaction> <lines>`      a line is durable
 *   `doubt <line item> <messages>`     a person must look; so many messages are known to be on the till
 *   `done <transaction>`
 * and reads from its standard input: `settle <line item> yes|no`.
 */
import { randomUUID } from "node:crypto";
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";
import type { LineItemId } from "@tillsight/contracts";
import { TillDispatcher } from "../../dispatch/dispatcher.js";
import { Journal } from "../../journal/journal.js";
import { BasketKeeper } from "../../journal/keeper.js";
import { systemClock } from "../../ports/clock.js";
import { createLineSink } from "../../pos/create-sink.js";
import { PosSettings } from "../../pos/settings.js";
import { productOf } from "./goods.js";
import { shoppingList } from "./shopping.js";

export interface LaneChildOptions {
  readonly journal: string;
  readonly settings: PosSettings;
  /** Ends by itself after this many shoppers. */
  readonly shoppers: number;
}

const options = JSON.parse(process.argv[2] ?? "{}") as LaneChildOptions;
// Straight to the pipe: what was said must not wait in this process when it is killed.
const say = (...words: (string | number)[]) => void writeSync(1, `${words.join(" ")}\n`);

const journal = new Journal(options.journal);
const sink = createLineSink(PosSettings.parse(options.settings));
const keeper = new BasketKeeper({
  journal,
  currency: "EUR",
  sink,
  product: productOf,
  clock: systemClock,
  newId: randomUUID,
  onError: (error) => {
    throw error;
  },
});
const dispatcher = new TillDispatcher({ queue: keeper, sink, clock: systemClock, onTrouble: () => {} });

const asked = new Set<string>();
/** Asks about a doubt, once; `asked` forgets it when it is answered, for the next try may be doubted too. */
function askAboutDoubts(): void {
  const doubted = keeper.basket.lines.filter((line) => line.till === "inDoubt");
  for (const line of doubted) {
    if (asked.has(line.id)) continue;
    asked.add(line.id);
    say("doubt", line.id, piecesKnownOnTill());
  }
}

const piecesKnownOnTill = () => journal.outboxCounts(`till/${sink.protocol}`).done ?? 0;

createInterface(process.stdin).on("line", (text) => {
  const [, line, answer] = text.split(" ");
  asked.delete(line ?? "");
  const action = { do: "settleDoubt", line: line as LineItemId, onTill: answer === "yes" } as const;
  void keeper.act({ kind: "action", action, by: "attendant" });
});

const finished = () => journal.finishedTransactions().filter((t) => t.status === "done").length;

async function serveNext(shopper: number): Promise<void> {
  const list = shoppingList(shopper);
  const { status, lines } = keeper.basket;
  const begun = status === "shopping" || status === "paying" ? lines.length : 0;
  for (const [i, { sku, quantity }] of list.entries()) {
    if (i < begun) continue;
    await keeper.act({ kind: "action", action: { do: "addSku", sku, quantity }, by: "shopper" });
    say("added", shopper, i + 1);
  }
  const done = new Promise<void>((resolve) => {
    const unsubscribe = keeper.onChange((basket) => {
      if (basket.status !== "done") return;
      unsubscribe();
      resolve();
    });
  });
  if (keeper.basket.status === "shopping")
    await keeper.act({ kind: "action", action: { do: "checkout" }, by: "shopper" });
  await done;
  say("done", shopper);
}

await keeper.start();
const { status, lines } = keeper.basket;
say("ready", finished(), status === "shopping" || status === "paying" ? lines.length : 0);
keeper.onChange(askAboutDoubts);
askAboutDoubts();
await sink.start();
dispatcher.start();
for (let shopper = finished(); shopper < options.shoppers; shopper++) await serveNext(shopper);
await dispatcher.stop();
await sink.stop();
await keeper.stop();
process.stdin.destroy();
