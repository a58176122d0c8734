import { describe, expect, it } from "vitest";
import { systemClock } from "../ports/clock.js";
import type { LaneChange } from "../ports/lane.js";
import { AttendantGate } from "./attendant.js";
import { addToBacklog, type Backlog, noBacklog } from "./backlog.js";
import { hostAllowed, originAllowed } from "./origin.js";
import { asPinHash, hashPin, pinMatches } from "./pin.js";
import { afterWrongPin, lockedFor, openLock } from "./pin-lock.js";

describe("the backlog of a slow page", () => {
  const change = (type: string) => ({ type }) as LaneChange;
  const cases: [situation: string, changes: string[], want: string][] = [
    ["nothing happened", [], ""],
    ["one of each kind keeps the order", ["basket", "tray", "notices"], "basket tray notices"],
    ["newer trays replace older ones", ["tray", "tray", "basket", "tray"], "basket tray"],
    ["two baskets ask for a snapshot", ["basket", "tray", "basket"], "snapshot"],
    ["two notices ask for a snapshot", ["notices", "notices"], "snapshot"],
    ["a snapshot covers whatever follows", ["basket", "basket", "tray", "notices"], "snapshot"],
  ];
  it.each(cases)("%s", (_situation, changes, want) => {
    const backlog = changes.map(change).reduce<Backlog>(addToBacklog, noBacklog);
    expect(backlog.kind === "snapshot" ? "snapshot" : backlog.changes.map((c) => c.type).join(" ")).toBe(
      want,
    );
  });
});

describe("the Host header", () => {
  const cases: [header: string | undefined, allowed: boolean][] = [
    ["127.0.0.1:7400", true],
    ["localhost:7400", true],
    ["LOCALHOST", true],
    ["[::1]:7400", true],
    ["192.168.1.20:7400", true],
    ["lane-3.store:7400", true],
    ["evil.example:7400", false],
    ["127.0.0.1.evil.example:7400", false],
    ["localhost.evil.example", false],
    ["user@127.0.0.1", false],
    ["", false],
    [undefined, false],
  ];
  it.each(cases)("%s: %s", (header, allowed) => {
    expect(hostAllowed(header, ["lane-3.store"])).toBe(allowed);
  });
});

describe("the Origin header", () => {
  const host = "127.0.0.1:7400";
  const cases: [origin: string | undefined, allowed: boolean][] = [
    [undefined, true],
    ["http://127.0.0.1:7400", true],
    ["https://127.0.0.1:7400", true],
    ["http://127.0.0.1:9999", false],
    ["http://evil.example", false],
    ["null", false],
    ["http://localhost:5173", true],
  ];
  it.each(cases)("%s: %s", (origin, allowed) => {
    expect(originAllowed(origin, host, ["http://localhost:5173"])).toBe(allowed);
  });
});

describe("the attendant's PIN", () => {
  it("matches its hash and nothing else", async () => {
    const hash = await hashPin("4711");
    expect(await pinMatches("4711", hash)).toBe(true);
    expect(await pinMatches("4712", hash)).toBe(false);
    expect(await pinMatches("4711", "scrypt:00:00")).toBe(false);
    expect(await asPinHash(hash)).toBe(hash);
  });

  it("is hashed with a new salt each time", async () => {
    expect(await hashPin("4711")).not.toBe(await hashPin("4711"));
  });

  it.each(["123", "1234567890123", "abcd", ""])("is refused when it is %j", async (pin) => {
    await expect(hashPin(pin)).rejects.toMatchObject({ code: "INVALID_INPUT" });
  });

  it("locks from the sixth wrong try on, twice as long each time, 15 minutes at most", () => {
    let lock = openLock;
    const waits = Array.from({ length: 13 }, () => {
      lock = afterWrongPin(lock, 1_000);
      return lockedFor(lock, 1_000) / 1000;
    });
    expect(waits).toEqual([0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]);
    expect(lockedFor(lock, 1_000 + 900_000)).toBe(0);
  });
});

describe("the attendant's gate", () => {
  const codes = (results: PromiseSettledResult<void>[]) =>
    results.map((r) => (r.status === "fulfilled" ? "in" : (r.reason as { code: string }).code));

  it("counts parallel guesses one after the other", async () => {
    const gate = new AttendantGate("4711", systemClock);
    const guesses = ["0000", "0001", "0002", "0003", "0004", "0005", "4711"];
    expect(codes(await Promise.allSettled(guesses.map((pin) => gate.check(pin))))).toEqual([
      ...Array(6).fill("KIOSK_PIN_WRONG"),
      "KIOSK_PIN_LOCKED",
    ]);
  });

  it("opens again when the lock has run out, and a right PIN forgets the wrong ones", async () => {
    let now = 0;
    const gate = new AttendantGate("4711", { ...systemClock, monotonic: () => now });
    for (let i = 0; i < 6; i++) await gate.check("0000").catch(() => {});
    now = 29_999;
    expect(codes(await Promise.allSettled([gate.check("4711")]))).toEqual(["KIOSK_PIN_LOCKED"]);
    now = 30_000;
    await gate.check("4711");
    expect(codes(await Promise.allSettled([gate.check("0000"), gate.check("4711")]))).toEqual([
      "KIOSK_PIN_WRONG",
      "in",
    ]);
  });

  it("lets nobody in while no PIN is set, and says how to set one", async () => {
    await expect(new AttendantGate(undefined, systemClock).check("0000")).rejects.toMatchObject({
      code: "KIOSK_PIN_UNSET",
      fix: expect.stringContaining("kiosk.attendantPin"),
    });
  });
});
