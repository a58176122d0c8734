import type { Basket, LaneView } from "@tillsight/contracts";
import { until, untilCalm } from "../virtual/lane-watch.js";
import type { Table } from "../virtual/script.js";
import { matchLines, nextDeed } from "../virtual/shopper.js";
import type { PageClient } from "./page-client.js";

/** How long a shopper waits for the lane, and how long the screen must not change before it is believed; ms. */
const patienceMs = 20_000;
const calmMs = 600;

/** Resolves when the screen shows a line for each thing on the tray and has come to rest. */
export async function untilLines(page: PageClient, table: Table, signal: AbortSignal): Promise<LaneView> {
  const shown = (view: LaneView): boolean => matchLines(view, table).size === table.length;
  await until(page, `a line for each of ${table.length} things`, shown, patienceMs, signal);
  await untilCalm(page, { calmMs, limitMs: patienceMs }, signal);
  return page.view();
}

/** Answers everything that the lane asks about what lies on the tray, as a shopper who sees it. */
export async function answerAll(page: PageClient, table: Table): Promise<void> {
  for (let deed = nextDeed(page.view(), table); deed; deed = nextDeed(page.view(), table)) {
    if (deed.action) await page.act(deed.action);
    else if (deed.truth) await page.act({ do: "resolve", line: deed.line, sku: deed.truth });
  }
}

/** Resolves with the basket when it has this status. */
export async function untilStatus(
  page: PageClient,
  status: Basket["status"],
  signal: AbortSignal,
): Promise<Basket> {
  await until(page, `a lane that is ${status}`, (view) => view.basket.status === status, patienceMs, signal);
  return page.view().basket;
}

/** From goods on the tray to a paid basket; the tray stays as it is. */
export async function buy(page: PageClient, table: Table, signal: AbortSignal): Promise<Basket> {
  await untilLines(page, table, signal);
  await answerAll(page, table);
  await page.act({ do: "checkout" });
  return untilStatus(page, "done", signal);
}
