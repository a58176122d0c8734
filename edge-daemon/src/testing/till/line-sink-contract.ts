import { StoppedError, type TillMessage } from "@tillsight/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LineSink } from "../../ports/line-sink.js";
import { anItem, aTotal, aVoid } from "./messages.js";

/** A sink ready to start, and where it can be known, the pieces that its till has booked so far. */
export interface SinkUnderTest {
  readonly sink: LineSink;
  readonly booked?: () => readonly string[];
  readonly close: () => Promise<void>;
}

const never = new AbortController().signal;
/** Real tills remember the numbers they have seen, so each run starts somewhere else. */
let sequence = Math.floor(Math.random() * 1_000_000) + 1;
const next = (): number => sequence++;

/**
 * What every line sink owes its callers, on simulated and real tills alike. `open` false: the variable that names
 * the device is not set, and `name` says which.
 */
export function lineSinkContract(name: string, open: (() => Promise<SinkUnderTest>) | false): void {
  describe(`line sink: ${name}`, () => {
    if (!open) {
      it.todo("is tested when the variable is set");
      return;
    }
    let test: SinkUnderTest;
    beforeEach(async () => {
      test = await open();
      await test.sink.start();
    });
    afterEach(async () => {
      await test.sink.stop();
      await test.close();
    });
    const send = (message: TillMessage, number = next()) => test.sink.send(message, number, never);

    it("is connected after start, says so once, and is not after stop", async () => {
      const heard: boolean[] = [];
      test.sink.onConnection((connected) => heard.push(connected));
      expect(test.sink.connected()).toBe(true);
      await test.sink.start();
      await test.sink.stop();
      await test.sink.stop();
      expect(test.sink.connected()).toBe(false);
      expect(heard).toEqual([false]);
    });

    it("delivers items in their order", async () => {
      const items = [anItem(), anItem(), anItem()];
      for (const item of items) expect(await send(item)).toEqual({ kind: "accepted" });
      await expect.poll(() => test.booked?.().length ?? 3).toBe(3);
    });

    it("queues callers that do not wait for each other", async () => {
      const outcomes = await Promise.all([send(anItem()), send(anItem()), send(anItem())]);
      expect(outcomes.map((o) => o.kind)).toEqual(["accepted", "accepted", "accepted"]);
    });

    it("makes the same message count once where it says it is idempotent", async () => {
      if (!test.sink.idempotent) return;
      const [item, number] = [anItem(), next()];
      expect(await send(item, number)).toEqual({ kind: "accepted" });
      expect(await send(item, number)).toEqual({ kind: "accepted" });
      expect(test.booked?.().length ?? 1).toBe(1);
    });

    it("carries what its capabilities promise and refuses the rest", async () => {
      const { capabilities } = test.sink;
      const item = anItem();
      expect((await send(item)).kind).toBe("accepted");
      const tried: [boolean, TillMessage][] = [
        [capabilities.quantity, anItem({ transactionId: item.transactionId, quantity: 3 })],
        [capabilities.weight, anItem({ transactionId: item.transactionId, grams: 412 })],
        [capabilities.void, aVoid(item)],
      ];
      for (const [can, message] of tried)
        expect((await send(message)).kind).toBe(can ? "accepted" : "refused");
      const total = aTotal(
        tried.flatMap(([can, m]) => (can && m.kind === "item" ? [m] : [])),
        item.transactionId,
      );
      expect((await send(total)).kind).toBe(capabilities.total ? "accepted" : "refused");
    });

    it("rejects with the reason of an abort, and works on afterwards", async () => {
      const stop = new AbortController();
      const reason = new StoppedError("this test");
      stop.abort(reason);
      await expect(test.sink.send(anItem(), next(), stop.signal)).rejects.toBe(reason);
      expect(await send(anItem())).toEqual({ kind: "accepted" });
    });

    it("knows for certain that nothing was sent once it is stopped", async () => {
      await test.sink.stop();
      expect((await send(anItem())).kind).toBe("unsent");
    });

    it("starts again after a stop", async () => {
      await test.sink.stop();
      await test.sink.start();
      expect(await send(anItem())).toEqual({ kind: "accepted" });
    });
  });
}
