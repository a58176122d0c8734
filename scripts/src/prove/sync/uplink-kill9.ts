import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type CloudSync, startBroker } from "@tillsight/cloud-sync";
import { fleetTopics, UpBatch } from "@tillsight/contracts";
import { totalOfSale, transactionIdOf } from "@tillsight/edge-daemon/testing";
import mqtt from "mqtt";
import { call, openHeadquarters, store } from "../../fleet/bench-fleet.js";
import { Undo } from "../../lane/undo.js";
import { createRandom } from "../../virtual/random.js";
import { Child, ProofProcessError } from "./child.js";
import { mosquittoPath, startMosquitto } from "./mosquitto.js";
import { eventType, type UplinkNews, type UplinkStart, type UplinkState } from "./uplink-child.js";

export interface UplinkKill9Options {
  readonly kills: number;
  readonly seed?: number;
  readonly say?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface UplinkKill9Report {
  readonly broker: "mosquitto" | "embedded";
  readonly kills: number;
  /** Batches that went over the broker, and those of them that began with a record sent before. */
  readonly batches: number;
  readonly again: number;
  readonly sales: number;
  readonly events: number;
  readonly lost: number;
  readonly doubled: number;
  /** Neighbours that came in another order than they happened. */
  readonly disordered: number;
  /** Sales whose total is not the one that was paid, minor units apart. */
  readonly centsOff: number;
  readonly passed: boolean;
}

const terminal = "lane-1";
const burst = 60;
const patienceMs = 120_000;

/** Batches as they pass the broker, seen by somebody else. */
class Watcher {
  batches = 0;
  again = 0;
  readonly #newest = new Map<string, number>();
  #wake: () => void = () => {};

  async listen(url: string, undo: Undo): Promise<void> {
    const client = await mqtt.connectAsync(url);
    undo.add(() => client.endAsync(true));
    client.on("message", (_, payload) => {
      const { stream, records } = UpBatch.parse(JSON.parse(payload.toString("utf8")));
      const newest = this.#newest.get(stream) ?? 0;
      this.batches++;
      if ((records[0]?.n ?? 0) <= newest) this.again++;
      this.#newest.set(stream, Math.max(newest, records.at(-1)?.n ?? 0));
      this.#wake();
    });
    await client.subscribeAsync(fleetTopics.up.topic(store, terminal), { qos: 1 });
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

async function openBroker(undo: Undo, dir: string): Promise<string> {
  const broker = mosquittoPath() ? await startMosquitto({ dir }) : await startBroker();
  undo.add(() => ("stop" in broker ? broker.stop() : broker.close()));
  return broker.url;
}

/**
 * Kills a lane's uplink (journal, stored outbox and connection, in a process of its own) while it sends sales and
 * events, and compares what headquarters has with what the lane's journal holds.
 * @throws ProofProcessError when headquarters does not get everything in two minutes
 */
export async function proveUplinkKill9(options: UplinkKill9Options): Promise<UplinkKill9Report> {
  const { kills, seed = 1, say = () => {}, signal = new AbortController().signal } = options;
  const undo = new Undo();
  const random = createRandom(seed);
  const watcher = new Watcher();
  const texts = new Set<string>();
  let heardSold = 0;
  const live = async (dir: string, start: UplinkStart): Promise<Child> => {
    const lane = new Child("uplink-child");
    undo.add(() => lane.end());
    lane.onNews = (news) => {
      const { sold, text } = news as UplinkNews;
      heardSold = Math.max(heardSold, sold);
      if (text !== undefined) texts.add(text);
    };
    await lane.call("start", { ...start, dir });
    return lane;
  };
  try {
    const folder = await openFolder(undo);
    const { cloud, brokerUrl, dir } = folder;
    await watcher.listen(brokerUrl, undo);
    const start = { dir, terminal, brokerUrl, burst };
    for (let life = 1; life <= kills; life++) {
      const sent = watcher.next();
      const lane = await live(dir, { ...start, life, sells: true });
      // Every other one when a batch has just left; the others whenever it may be, also while it connects.
      if (life % 2 === 0) await Promise.race([sent, sleep(10_000, undefined, { signal })]);
      await sleep(random.next() * (life % 2 === 0 ? 25 : 500), undefined, { signal });
      await lane.end("SIGKILL");
      say(`${life} of ${kills} kills: ${heardSold} sales so far, ${watcher.again} batches sent again`);
    }
    const lane = await live(dir, { ...start, life: kills + 1, sells: false });
    const { sold } = await untilSent(lane, signal);
    await lane.call("stop");
    const verdict = await compare(cloud, Math.max(sold, heardSold), texts);
    const { batches, again } = watcher;
    return { broker: folder.broker, kills, batches, again, ...verdict };
  } finally {
    await undo.run();
  }
}

async function openFolder(undo: Undo) {
  const root = mkdtempSync(join(tmpdir(), "tillsight-uplink-"));
  undo.add(() => rmSync(root, { recursive: true, force: true }));
  const brokerUrl = await openBroker(undo, join(root, "broker"));
  const { cloud } = await openHeadquarters(undo, { brokerUrl });
  const dir = join(root, "lane");
  mkdirSync(dir);
  const broker: UplinkKill9Report["broker"] = mosquittoPath() ? "mosquitto" : "embedded";
  return { cloud, brokerUrl, dir, broker };
}

async function untilSent(lane: Child, signal: AbortSignal): Promise<UplinkState> {
  for (const until = Date.now() + patienceMs; ; ) {
    const state = await lane.call<UplinkState>("state");
    if (state.waiting === 0) return state;
    if (Date.now() > until)
      throw new ProofProcessError("headquarters does not get everything", JSON.stringify(state));
    await sleep(100, undefined, { signal });
  }
}

interface Row {
  readonly id: string;
  readonly receivedAt: string;
  readonly sale: { readonly total: { readonly minor: number } };
  readonly body: { readonly text: string };
}

/** All of a list of the API, the oldest first. */
async function all(cloud: CloudSync, what: "sales" | "events", query = ""): Promise<Row[]> {
  const rows: Row[] = [];
  for (let next = ""; ; ) {
    const path = `/api/${what}?terminal=${terminal}&limit=1000${query}${next}`;
    const { json } = await call(cloud, "GET", path);
    rows.push(...json[what]);
    if (json.next === null) return rows.reverse();
    next = `&after=${json.next}`;
  }
}

const disorder = (rows: readonly Row[]): number =>
  rows.filter(({ receivedAt }, i) => i > 0 && receivedAt < (rows[i - 1]?.receivedAt ?? "")).length;

/** @param texts of the events that the lane said were durable; more may have been. */
async function compare(cloud: CloudSync, sold: number, texts: ReadonlySet<string>) {
  const sales = await all(cloud, "sales");
  const events = await all(cloud, "events", `&type=${eventType}`);
  const help = await all(cloud, "events", "&type=helpCalled");
  const had = new Map(sales.map(({ id, sale }) => [id, sale.total.minor]));
  let [lost, centsOff] = [0, 0];
  for (let n = 1; n <= sold; n++) {
    const total = had.get(transactionIdOf(n));
    if (total === undefined) lost++;
    else centsOff += Math.abs(total - totalOfSale(n));
  }
  const told = new Set(events.map(({ body }) => body.text));
  for (const text of texts) if (!told.has(text)) lost++;
  lost += Math.max(0, sold - help.length);
  const doubled =
    sales.length - Math.min(had.size, sold) + (events.length - told.size) + Math.max(0, help.length - sold);
  const disordered = disorder(sales) + disorder(events);
  const { json } = await call(cloud, "GET", `/api/fleet/terminals/${store}/${terminal}/streams`);
  const streams = json.streams as { stream: string; n: number; missing: number; dropped: number }[];
  const whole = streams.every(({ missing, dropped }) => missing + dropped === 0);
  const counted = streams.find(({ stream }) => stream === "sale")?.n === sold;
  const passed = whole && counted && sold > 0 && lost + doubled + disordered + centsOff === 0;
  return { sales: sales.length, events: events.length, lost, doubled, disordered, centsOff, passed };
}

export function uplinkKill9Table(r: UplinkKill9Report): string {
  const cells = [
    ...[r.broker, r.kills, r.batches, r.again, r.sales, r.events, r.lost, r.doubled, r.disordered],
    ...[r.centsOff, r.passed ? "passed" : "FAILED"],
  ];
  return [
    "| broker | kills | batches | sent again | sales | events | lost | doubled | out of order | cents off | |",
    "|---|---|---|---|---|---|---|---|---|---|---|",
    `| ${cells.join(" | ")} |`,
  ].join("\n");
}
