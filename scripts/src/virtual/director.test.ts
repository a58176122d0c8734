import type { Sku } from "@tillsight/contracts";
import { afterEach, expect, test } from "vitest";
import { Director, type TrayOutcome } from "./director.js";
import { TrayFeed } from "./feed.js";
import { steadyLight } from "./scene.js";
import type { ScriptItem, Step, TrayScript } from "./script.js";
import { SeeingLane, type SeeingOptions, type Sight } from "./seeing-lane.js";
import { demoProduct } from "./store.js";

const picture = { width: 1, height: 1, data: new Uint8Array(3) };
const never = new AbortController().signal;
const quick = { calmMs: 30, settleMs: 400, payMs: 300, idleMs: 400 };

const feeds: TrayFeed[] = [];
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.stop();
});

async function laneWith(options: SeeingOptions = {}) {
  const stage = { ground: "slate", light: steadyLight, table: [] } as const;
  const feed = new TrayFeed({ stage, fps: 120, pace: 60, render: async () => picture, sink: { show() {} } });
  feeds.push(feed);
  await feed.start();
  const lane = new SeeingLane(feed, options);
  return { lane, director: new Director({ lane, feed, limits: quick }) };
}

function trayOf(skus: readonly string[], more: readonly Step[] = []): TrayScript {
  const items = skus.map((sku, i): ScriptItem => {
    const { product, art, size } = demoProduct(sku);
    const pose = { id: `i${i}`, art, x: 150 + i * 180, y: 300, size, turn: 0, shear: 0, squeeze: 1 };
    return { sku: product.sku, pose, grossGrams: product.unit === "weight" ? 700 : null };
  });
  return {
    ...{ number: 1, title: "test", ground: "slate", light: steadyLight },
    shopper: { tone: "1f3fb", sleeve: "#000000", side: "below", handSize: 280, grip: "270b" },
    steps: [{ do: "bring", items }, ...more],
  };
}
const paidFor = (outcome: TrayOutcome): (string | null)[] => outcome.lines.map((line) => line.sku);
const sees =
  (wrong: Record<string, Sight>) =>
  (item: ScriptItem): Sight =>
    wrong[item.sku] ?? item.sku;

test("a tray that is recognised is paid for without a question, and the next one begins empty", async () => {
  const { director } = await laneWith();
  for (let visit = 0; visit < 2; visit++) {
    const outcome = await director.play(trayOf(["pear", "pretzel"], [{ do: "look" }]), never);
    expect(outcome).toMatchObject({ failure: null, asked: [] });
    expect(paidFor(outcome)).toEqual(["pear", "pretzel"]);
    expect(outcome.jpeg).not.toBeNull();
  }
});

test("what is taken away before paying is not paid for", async () => {
  const { director } = await laneWith();
  const tray = trayOf(["pear", "pretzel", "lemon"], [{ do: "look" }, { do: "take", id: "i1" }]);
  const outcome = await director.play(tray, never);
  expect(paidFor(outcome)).toEqual(["pear", "lemon"]);
  expect(outcome.expected.map((line) => line.sku)).toEqual(["lemon", "pear"]);
});

test("the shopper touches the right candidate, searches for what is not offered, weighs, and shows an ID", async () => {
  const choice = { choice: ["mango", "lemon"] as Sku[] };
  const { director, lane } = await laneWith({ see: sees({ lemon: choice, pear: choice, kiwi: "unknown" }) });
  const outcome = await director.play(trayOf(["lemon", "pear", "kiwi", "bananas", "beer"]), never);
  expect(outcome.failure).toBeNull();
  expect(outcome.asked.map(({ about, truth }) => `${about} ${truth}`)).toEqual([
    "choice lemon",
    "choice pear",
    "identification kiwi",
    "weight bananas",
    "ageApproval beer",
  ]);
  expect(paidFor(outcome)).toEqual(["lemon", "pear", "kiwi", "bananas", "beer"]);
  expect(lane.acted).toContainEqual(expect.objectContaining({ do: "weigh", grossGrams: 700 }));
});

const correctedIn = ({ corrected }: TrayOutcome): string[] =>
  corrected.map(({ what, sku }) => `${what} ${sku}`);
const recognisedIn = ({ recognised }: TrayOutcome) => recognised.lines.map((line) => line.sku);

test("what was misnamed or overlooked is put right before paying; what recognition made of it is kept", async () => {
  const see = sees({ lemon: "mango" as Sku, pear: "unseen", bananas: "unseen" });
  const { director } = await laneWith({ see });
  const outcome = await director.play(trayOf(["lemon", "pear", "pear", "kiwi", "bananas"]), never);
  expect(outcome.failure).toBeNull();
  expect(recognisedIn(outcome)).toEqual(["mango", "kiwi"]);
  expect(correctedIn(outcome)).toEqual(["misnamed lemon", "missing pear", "missing pear", "missing bananas"]);
  const paid = outcome.lines.map(({ sku, quantity, grams }) => [sku, quantity, grams]);
  expect(paid).toEqual([
    ["lemon", 1, null],
    ["kiwi", 1, null],
    ["pear", 2, null],
    ["bananas", 1, 700],
  ]);
});

test("a line of nothing is voided, whether it asks for something or not", async () => {
  const { director } = await laneWith({ ghosts: () => ["unknown", "butter" as Sku] });
  const outcome = await director.play(trayOf(["lemon"]), never);
  expect(outcome.asked).toMatchObject([{ about: "ghost", truth: null }]);
  expect(recognisedIn(outcome)).toEqual(["lemon", "butter"]);
  expect(correctedIn(outcome)).toEqual(["tooMany butter"]);
  expect(paidFor(outcome)).toEqual(["lemon"]);
});

test("a lane that undoes every correction fails the tray instead of going on for ever", async () => {
  const { director, lane } = await laneWith({ see: sees({ lemon: "mango" as Sku }) });
  const act = lane.act.bind(lane);
  lane.act = async (action, by) => (action.do === "resolve" ? undefined : act(action, by));
  const outcome = await director.play(trayOf(["lemon"]), never);
  expect(outcome.failure).toMatch(/a basket that stays as it is answered and put right/);
  expect(new Set(correctedIn(outcome))).toEqual(new Set(["misnamed lemon"]));
});

test.each([
  ["never settles", { settles: () => false }, /waited 0.4 s for a settled tray; the lane says shopping/],
  ["refuses the checkout", { refuses: () => "the till is gone" }, /the till is gone/],
] as [string, SeeingOptions, RegExp][])("a lane that %s fails that tray only", async (_name, broken, why) => {
  let whole = false;
  const { director, lane } = await laneWith({
    settles: () => whole || (broken.settles?.() ?? true),
    refuses: () => (whole ? null : (broken.refuses?.() ?? null)),
  });
  const failed = await director.play(trayOf(["lemon"]), never);
  expect(failed.failure).toMatch(why);
  expect(failed.table).toHaveLength(1);
  expect(lane.acted.at(-1)).toEqual({ do: "cancel" });
  whole = true;
  expect(await director.play(trayOf(["pear"]), never)).toMatchObject({ failure: null });
});

test("an abort ends the visit at once with its reason", async () => {
  const { director } = await laneWith({ settles: () => false });
  const abort = new AbortController();
  const visit = director.play(trayOf(["lemon"]), abort.signal);
  setTimeout(() => abort.abort(new RangeError("Ctrl-C")), 100);
  await expect(visit).rejects.toThrow("Ctrl-C");
});
