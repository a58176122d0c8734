import { setTimeout as sleep } from "node:timers/promises";
import { type LaneEnd, openLaneEnd } from "../../fleet/bench-fleet.js";
import { serve, tell } from "./child.js";

export interface UplinkStart {
  readonly dir: string;
  readonly terminal: string;
  readonly brokerUrl: string;
  /** Number of this life of the lane, from 1 on; part of what its events say. */
  readonly life: number;
  /** Sales that are made at once at the start, so that more than one batch waits; then one after another. */
  readonly burst: number;
  /** False: sends what is there and makes nothing new. */
  readonly sells: boolean;
}

/** What is durable on the lane, told after it is. */
export interface UplinkNews {
  readonly sold: number;
  /** Text of an event. */
  readonly text?: string;
}

export interface UplinkState {
  readonly sold: number;
  readonly waiting: number;
}

/** The journal's events of one sale of `soldEvents`, written in one transaction. */
const eventsPerSale = 5;
export const eventType = "proof";
/** Far from each other, so that time of occurrence tells the order of what one lane told. */
const eventAt = (life: number, n: number): number => 1_760_000_000_000 + life * 1_000_000 + n;

let lane: LaneEnd | undefined;
const sold = (): number => (lane?.journal.lastLsn ?? 0) / eventsPerSale;

function start({ dir, terminal, brokerUrl, life, burst, sells }: UplinkStart): void {
  lane = openLaneEnd({ dir, terminal, broker: { url: brokerUrl } });
  if (!sells) return;
  lane.sell(sold() + 1, sold() + burst);
  tell({ sold: sold() } satisfies UplinkNews);
  void sellOn(lane, life);
}

async function sellOn({ uplink, sell }: LaneEnd, life: number): Promise<void> {
  for (let n = 1; ; n++) {
    sell(sold() + 1, sold() + 1);
    const text = `life ${life}, event ${n}`;
    uplink.tell("event", {
      ...{ at: eventAt(life, n), type: eventType, severity: "info", text, transactionId: null },
    });
    tell({ sold: sold(), text } satisfies UplinkNews);
    await sleep(4);
  }
}

serve({
  start,
  state(): UplinkState {
    const waiting = Object.values(lane?.uplink.outbox.backlog ?? {});
    return { sold: sold(), waiting: waiting.reduce((sum, n) => sum + (n ?? 0), 0) };
  },
  stop: () => lane?.stop(),
});
