import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StoppedError } from "@tillsight/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLineSink } from "../../pos/create-sink.js";
import { SerialLink } from "../../pos/link/serial-link.js";
import { PosSettings } from "../../pos/settings.js";
import type { TillSink } from "../../pos/till-sink.js";
import { QUICK } from "./bench-till.js";
import { LossyLink, randomDamage } from "./lossy-link.js";
import { anItem } from "./messages.js";
import { openPtyPair } from "./pty-pair.js";
import { SimulatedTill } from "./simulated-till.js";

/** Park and Miller's minimal standard generator: the same damage in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

let testEnds: AbortController;
const codes = ["4006381333931", "96385074", "4011", "cola-033"];
const closers: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  testEnds = new AbortController();
});
afterEach(async () => {
  testEnds.abort(new StoppedError("the test"));
  for (const close of closers.splice(0).reverse()) await close();
});

/** Real ports whose cable spoils one frame in four; answers are spoilt where they carry a check. */
async function badCable(protocol: "till-line" | "scanner-ack") {
  const pair = await openPtyPair();
  const folder = await mkdtemp(join(tmpdir(), "tillsight-once-"));
  closers.push(() => rm(folder, { recursive: true }), pair.close);
  // Answers that name nothing are told apart by time alone: a till on a busy machine must not be later than that.
  const settings = { ...QUICK, ackTimeoutMs: protocol === "till-line" ? 60 : 250, protocol };
  const ours = PosSettings.parse({ ...settings, path: pair.lane });
  const theirs = PosSettings.parse({ ...settings, path: pair.till });
  const random = seeded(4711);
  const spoil = randomDamage(random, 4);
  // A one-byte answer has no check: it may get lost, but a byte that turns into ACK is beyond this protocol.
  const answers =
    protocol === "till-line" ? spoil : (b: Uint8Array) => (random() < 0.25 ? new Uint8Array() : b);
  const till = new SimulatedTill({
    settings: theirs,
    log: join(folder, "till.jsonl"),
    link: new LossyLink(new SerialLink(theirs), answers),
  });
  await till.start();
  closers.push(() => till.stop());
  const lane = async () => {
    const sink = createLineSink(ours, { link: new LossyLink(new SerialLink(ours), spoil) });
    await sink.start();
    closers.push(() => sink.stop());
    return sink;
  };
  return { till, lane, random };
}

/** What a lane's outbox does with an idempotent sink: the same message with the same number until it is settled. */
async function settle(sink: TillSink, message: ReturnType<typeof anItem>, sequence: number): Promise<void> {
  for (;;) {
    const { kind } = await sink.send(message, sequence, testEnds.signal);
    if (kind === "accepted") return;
    expect(kind).not.toBe("refused");
    // An unsent message comes back at once: whatever must happen first (a port that opens) needs its turn.
    await sleep(5, undefined, { signal: testEnds.signal });
  }
}

describe.each(["till-line", "scanner-ack"] as const)("%s over a bad cable", (protocol) => {
  it("books 60 lines once each, in order, while the lane crashes in mid-send every now and then", async () => {
    const { till, lane, random } = await badCable(protocol);
    const messages = Array.from({ length: 60 }, (_, i) => anItem({ sku: codes[i % 4], gtin: null }));
    let sink = await lane();
    let silences = 0;
    for (const [i, message] of messages.entries()) {
      if (random() < 0.15) {
        // Dies somewhere between the first byte and the answer; its successor knows only the outbox.
        const crash = new AbortController();
        const sending = sink.send(message, i + 1, crash.signal).catch(() => {});
        setTimeout(() => crash.abort(new StoppedError("the lane")), random() * 20);
        await sending;
        await sink.stop();
        silences += sink.counters().silences;
        sink = await lane();
      }
      await settle(sink, message, i + 1);
    }
    const booked = till.entries().map((e) => (e.kind === "scan" ? e.code : e.messageId));
    expect(booked).toEqual(messages.map((m) => (protocol === "till-line" ? m.messageId : m.sku)));
    silences += sink.counters().silences;
    expect(silences, "lines without an answer: the cable was bad").toBeGreaterThan(0);
  }, 120_000);
});
