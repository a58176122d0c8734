import { afterEach, describe, expect, it } from "vitest";
import { openTillBench, type TillBench } from "./bench-till.js";
import { anItem } from "./messages.js";

const never = new AbortController().signal;
let bench: TillBench;
afterEach(() => bench?.close());

async function connected(protocol: "till-line" | "scanner"): Promise<boolean[]> {
  bench = await openTillBench({ protocol });
  const heard: boolean[] = [];
  bench.sink.onConnection((is) => heard.push(is));
  await bench.sink.start();
  expect(bench.sink.connected()).toBe(true);
  return heard;
}

describe("the connection to the till", () => {
  it("is noticed as lost when the till's program ends, though the port stays open (till-line)", async () => {
    const heard = await connected("till-line");
    await bench.till.stop();
    await expect.poll(() => bench.sink.connected(), { timeout: 3000 }).toBe(false);
    expect(bench.sink.fault()).toMatchObject({
      code: "TILL_SILENT",
      fix: expect.stringContaining("baud rate"),
    });
    const outcome = await bench.sink.send(anItem(), 1, never);
    expect(outcome).toEqual({ kind: "unsent", reason: expect.stringContaining("no till answers") });
    await bench.till.start();
    await expect.poll(() => bench.sink.connected(), { timeout: 3000 }).toBe(true);
    expect(bench.sink.fault()).toBeNull();
    expect(heard).toEqual([true, false, true]);
    // What was asked while it was away was not left in the line for it.
    expect(bench.booked()).toEqual([]);
  });

  it.each(["till-line", "scanner"] as const)(
    "comes back after the cable was pulled (%s)",
    async (protocol) => {
      const heard = await connected(protocol);
      await bench.pair.unplug();
      await expect.poll(() => bench.sink.connected()).toBe(false);
      expect((await bench.sink.send(anItem(), 1, never)).kind).toBe("unsent");
      await bench.pair.replug();
      await expect.poll(() => bench.sink.connected(), { timeout: 3000 }).toBe(true);
      // The till's own end opens again by itself, too.
      await expect.poll(() => bench.till.fault()).toBeNull();
      expect((await bench.sink.send(anItem(), 1, never)).kind).toBe("accepted");
      await expect.poll(() => bench.booked().length).toBe(1);
      expect(heard).toEqual([true, false, true]);
    },
  );

  it("starts without a till and connects when one comes", async () => {
    bench = await openTillBench({ protocol: "till-line" });
    await bench.pair.unplug();
    await bench.sink.start();
    expect(bench.sink.connected()).toBe(false);
    expect(bench.sink.fault()).toMatchObject({ code: "TILL_PORT_MISSING" });
    await bench.pair.replug();
    await expect.poll(() => bench.sink.connected(), { timeout: 3000 }).toBe(true);
  });

  it("counts what went over the line", async () => {
    await connected("till-line");
    bench.till.play({ steps: [{ do: "garbage", hex: "FF" }] });
    await bench.sink.send(anItem(), 1, never);
    const { accepted, opens, discarded, silences } = bench.sink.counters();
    expect({ accepted, opens, discarded, silences }).toEqual({
      accepted: 1,
      opens: 1,
      discarded: 1,
      silences: 1,
    });
  });
});
