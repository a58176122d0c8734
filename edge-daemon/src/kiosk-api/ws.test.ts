import { once } from "node:events";
import { connect } from "node:net";
import { InvalidInputError } from "@tillsight/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { scenarios } from "../testing/lane/index.js";
import { openTestApi } from "./test-api.js";

let t: Awaited<ReturnType<typeof openTestApi>>;
beforeEach(async () => {
  t = await openTestApi({ attendantPin: "4711" });
});
afterEach(() => t.api.stop());

const types = (messages: { type: string; seq?: number }[]) => messages.map((m) => `${m.type}:${m.seq}`);

describe("a page at /ws", () => {
  it("gets a snapshot, then numbered changes", async () => {
    const page = await t.open();
    t.lane.show(scenarios.shopping());
    const messages = await page.until((all) => all.length >= 4);
    expect(types(messages)).toEqual(["snapshot:0", "basket:1", "tray:2", "notices:3"]);
  });

  it("counts for itself, however late it joins", async () => {
    await t.open();
    t.lane.show(scenarios.shopping());
    const late = await t.open();
    const [first] = await late.until((all) => all.length > 0);
    expect(first).toMatchObject({ type: "snapshot", seq: 0, view: { basket: { status: "shopping" } } });
  });

  it("has its action carried out before it is answered", async () => {
    const page = await t.open();
    expect(await page.ask({ type: "action", action: { do: "callHelp" } })).toMatchObject({ error: null });
    expect(t.lane.acted).toEqual([{ do: "callHelp" }]);
  });

  it("is told why an action was refused, and what to do", async () => {
    const page = await t.open();
    t.lane.refuseNext = new InvalidInputError("the basket is empty", "Put something on the tray first.");
    expect((await page.ask({ type: "action", action: { do: "checkout" } })).error).toEqual({
      code: "INVALID_INPUT",
      message: "the basket is empty",
      fix: "Put something on the tray first.",
    });
  });

  it("learns nothing of an error that was not meant for it", async () => {
    const page = await t.open();
    t.lane.act = () => Promise.reject(new TypeError("secret of the lane"));
    const { error } = await page.ask({ type: "action", action: { do: "checkout" } });
    expect(error?.code).toBe("INTERNAL");
    expect(JSON.stringify(error)).not.toContain("secret");
  });

  const bad: [situation: string, message: object][] = [
    ["an unknown action", { type: "action", action: { do: "giveAway" } }],
    ["a quantity of zero", { type: "action", action: { do: "addSku", sku: "apple", quantity: 0 } }],
    ["a field nobody knows", { type: "action", action: { do: "checkout" }, price: 1 }],
    ["no action", { type: "action" }],
  ];
  it.each(bad)("is answered INVALID_INPUT and stays connected: %s", async (_situation, message) => {
    const page = await t.open();
    expect((await page.ask(message)).error?.code).toBe("INVALID_INPUT");
    expect(t.lane.acted).toEqual([]);
    expect((await page.ask({ type: "action", action: { do: "callHelp" } })).error).toBeNull();
  });

  it.each(["", "{", "null", "[]", '"x"'])("survives rubbish: %j", async (text) => {
    const page = await t.open();
    page.socket.send(text);
    const [, answer] = await page.until((all) => all.length >= 2);
    expect(answer).toMatchObject({ type: "answer", requestId: "", error: { code: "INVALID_INPUT" } });
  });

  it("is cut off for a message no honest page sends", async () => {
    const page = await t.open();
    page.socket.send("x".repeat(5000));
    const [code] = await once(page.socket, "close");
    expect(code).toBe(1009);
  });

  it("is told to wait when it floods the lane", async () => {
    const page = await t.open();
    const asks = Array.from({ length: 40 }, () => page.ask({ type: "action", action: { do: "callHelp" } }));
    const codes = (await Promise.all(asks)).map((a) => a.error?.code);
    expect(codes).toContain("KIOSK_BUSY");
    expect(codes).toContain(undefined);
  });
});

describe("the attendant's actions", () => {
  const suspend = { type: "action", action: { do: "suspend" } };
  const cases: [situation: string, pin: string | undefined, code: string | undefined][] = [
    ["need a PIN", undefined, "KIOSK_PIN_NEEDED"],
    ["are refused with a wrong one", "0815", "KIOSK_PIN_WRONG"],
    ["are carried out with the right one", "4711", undefined],
  ];
  it.each(cases)("%s", async (_situation, attendantPin, code) => {
    const page = await t.open();
    expect((await page.ask({ ...suspend, attendantPin })).error?.code).toBe(code);
    expect(t.lane.acted).toHaveLength(code ? 0 : 1);
  });

  it("have a panel that opens with the right PIN only", async () => {
    const page = await t.open();
    expect((await page.ask({ type: "unlock", attendantPin: "0815" })).error?.code).toBe("KIOSK_PIN_WRONG");
    expect((await page.ask({ type: "unlock", attendantPin: "4711" })).error).toBeNull();
  });
});

describe("a slow page", () => {
  /** Completes the WebSocket handshake and then reads nothing. */
  async function openDeafPage() {
    const { port, host } = new URL(t.url);
    const socket = connect(Number(port), "127.0.0.1");
    const handshake = [
      "GET /ws HTTP/1.1",
      `Host: ${host}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ];
    socket.write(`${handshake.join("\r\n")}\r\n\r\n`);
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    await once(socket, "data");
    socket.pause();
    const received = () => {
      const all = Buffer.concat(chunks);
      return texts(all.subarray(all.indexOf("\r\n\r\n") + 4));
    };
    return { socket, received };
  }

  /** Texts of the server's frames (RFC 6455, 5.2: unmasked, never split by `ws`). */
  function texts(bytes: Buffer): string[] {
    const all: string[] = [];
    for (let at = 0; at + 2 <= bytes.length; ) {
      const short = bytes.readUInt8(at + 1);
      const [head, size] =
        short < 126
          ? [2, short]
          : short === 126
            ? [4, bytes.readUInt16BE(at + 2)]
            : [10, Number(bytes.readBigUInt64BE(at + 2))];
      if (at + head + size > bytes.length) break;
      all.push(bytes.toString("utf8", at + head, at + head + size));
      at += head + size;
    }
    return all;
  }

  it("costs no memory while it sleeps, then starts over from a snapshot of the newest state", async () => {
    const deaf = await openDeafPage();
    const before = process.memoryUsage();
    const rounds = 3000;
    for (let i = 0; i < rounds; i++) {
      t.lane.show(i === rounds - 1 ? scenarios.done() : scenarios.full());
      if (i % 100 === 0) await new Promise(setImmediate);
    }
    const sentWithoutLimit = rounds * JSON.stringify(scenarios.full()).length;
    const grown = process.memoryUsage().arrayBuffers - before.arrayBuffers;
    expect(grown).toBeLessThan(sentWithoutLimit / 3);
    deaf.socket.resume();
    const newest = () => deaf.received().findLast((text) => text.includes('"snapshot"'));
    while (!newest()?.includes('"status":"done"')) await once(deaf.socket, "data");
    expect(deaf.received().length).toBeLessThan(rounds * 3);
    deaf.socket.destroy();
  });
});

describe("another web site", () => {
  const foreign: [situation: string, headers: Record<string, string>][] = [
    ["opens a socket from its own page", { origin: "http://evil.example" }],
    ["opens a socket from a sandboxed frame", { origin: "null" }],
    ["rebinds its name to this machine", { host: "evil.example", origin: "http://evil.example" }],
  ];
  it.each(foreign)("is refused when it %s", async (_situation, headers) => {
    await expect(t.open(headers)).rejects.toThrow(/403|421/);
  });

  it("is not to be confused with the lane's own page", async () => {
    await expect(t.open({ origin: new URL(t.url).origin })).resolves.toBeDefined();
  });
});

describe("stopping", () => {
  it("says goodbye to pages, lets go of the lane and may be asked twice", async () => {
    const page = await t.open();
    const closed = once(page.socket, "close");
    await Promise.all([t.api.stop(), t.api.stop()]);
    expect((await closed)[0]).toBe(1001);
    expect(t.lane.listeners).toBe(0);
  });
});
