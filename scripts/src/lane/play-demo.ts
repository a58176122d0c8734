import { setTimeout as sleep } from "node:timers/promises";
import { describeError, formatMoney, type LineItem } from "@tillsight/contracts";
import { demoScript, groundOf, mugTray } from "../virtual/demo-script.js";
import { Director } from "../virtual/director.js";
import { inWords } from "../virtual/in-words.js";
import { LaneStuckError, until } from "../virtual/lane-watch.js";
import { steadyLight } from "../virtual/scene.js";
import type { TrayScript } from "../virtual/script.js";
import { newcomersMug } from "../virtual/store.js";
import { personAt } from "./person-at.js";
import type { VirtualLane } from "./virtual-lane.js";

/** A lane takes a tray that is not like the one before for an arm at first, for half a minute. */
const newTrayMs = 45_000;
/** Until the lane has seen the picture of it. */
const seenMs = 1_500;

/** Plays the demo's trays round by round, and the newcomer's mug once it is sold; ends when `signal` aborts. */
export async function playDemo(
  lane: VirtualLane,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { feed } = lane;
  if (!feed) return;
  const person = personAt(lane.daemon.lane);
  const onStep = (tray: TrayScript, what: Parameters<typeof inWords>[1]): void => {
    const words = inWords(tray, what);
    if (words !== null) say(`    ${words}`);
  };
  const director = new Director({ lane: person, feed, onStep });
  const play = async (tray: TrayScript): Promise<void> => {
    say(`\n  ${tray.title}`);
    const { failure, lines } = await director.play(tray, signal);
    say(failure === null ? `    paid: ${summary(lines)}` : `    gives up: ${failure}`);
  };
  const isMugSold = (): boolean =>
    person.searchProducts(newcomersMug.product.name, 8).some(({ sku }) => sku === newcomersMug.product.sku);

  for (let round = 0; ; round++) {
    if (round > 0) say("\n  The store puts out another tray; the lane gets used to it");
    feed.cut({ ground: groundOf(round), light: steadyLight, table: [] });
    await sleep(seenMs, undefined, { signal });
    await until(
      person,
      "a settled empty tray",
      (view) => view.tray.phase === "settled",
      newTrayMs,
      signal,
    ).catch((error: unknown) => {
      if (!(error instanceof LaneStuckError)) throw error;
      say(`    ${describeError(error)}`);
    });
    let isMugPlayed = false;
    for (const tray of demoScript(round)) {
      await play(tray);
      if (isMugPlayed || !isMugSold()) continue;
      isMugPlayed = true;
      await play(mugTray(round));
    }
  }
}

function summary(lines: readonly LineItem[]): string {
  const [first] = lines;
  if (!first) return "nothing";
  const minor = lines.reduce((sum, line) => sum + line.total.minor, 0);
  return `${lines.length} lines, ${formatMoney({ ...first.total, minor })}`;
}
