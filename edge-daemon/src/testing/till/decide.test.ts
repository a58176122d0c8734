import { describe, expect, it } from "vitest";
import { tillLine } from "../../pos/till-line/dialect.js";
import { asciiJson, type TillLineAnswer } from "../../pos/till-line/messages.js";
import { TillBook } from "./book.js";
import { decide } from "./decide.js";
import { anItem } from "./messages.js";

describe("the reference till", () => {
  it("tells what it booked last, also in its greeting", async () => {
    const book = new TillBook(null);
    const hello = { kind: "hello", protocol: 1 } as const;
    const empty = decide({ kind: "query" }, book, "POS 7");
    expect(empty.answer).toEqual({ kind: "last", sequence: null, messageId: null });
    const item = anItem();
    await book.record({ ...item, at: new Date(0).toISOString(), sequence: 9 });
    const { answer } = decide({ kind: "query" }, book, "POS 7");
    expect(answer).toEqual({ kind: "last", sequence: 9, messageId: item.messageId });
    expect(decide(hello, book, "POS 7").answer).toMatchObject({
      kind: "welcome",
      till: "POS 7",
      lastSequence: 9,
    });
  });

  it("refuses a version that it does not speak", () => {
    const { answer } = decide({ kind: "hello", protocol: 2 }, new TillBook(null), "POS 7");
    expect(answer).toMatchObject({ kind: "nak", reason: "unsupported-version" });
  });
});

describe("what an answer means to the lane", () => {
  const { hear, hello, encode } = tillLine({ attempts: 3 });
  const item = anItem();
  const [ours, other] = [item.messageId, anItem().messageId];
  const ack = (messageId: string): TillLineAnswer => ({ kind: "ack", messageId, duplicate: false });
  const nak = { kind: "nak", messageId: ours, reason: "busy", detail: "" } as const;
  const cases: [
    situation: string,
    to: "item" | "hello" | "nothing",
    sequence: number,
    answer: object,
    on: string,
  ][] = [
    ["ours", "item", 7, ack(ours), "ack"],
    ["ours, with another message's id", "item", 7, ack(other), "stray"],
    ["another sequence", "item", 8, ack(ours), "stray"],
    ["nothing is under way", "nothing", 7, ack(ours), "stray"],
    ["busy", "item", 7, nak, "busy"],
    ["a final no", "item", 7, { ...nak, reason: "not-allowed" }, "refused"],
    ["a no to something unreadable", "item", 7, { ...nak, messageId: null, reason: "malformed" }, "refused"],
    [
      "a welcome to an item",
      "item",
      7,
      { kind: "welcome", protocol: 1, till: "", lastSequence: null },
      "stray",
    ],
    ["a welcome", "hello", 0, { kind: "welcome", protocol: 1, till: "", lastSequence: null }, "ack"],
    [
      "a welcome of another version",
      "hello",
      0,
      { kind: "welcome", protocol: 2, till: "", lastSequence: null },
      "refused",
    ],
    ["a late ack while greeting", "hello", 0, ack(ours), "stray"],
    ["a field that is not ours", "item", 7, { ...ack(ours), vip: true }, "stray"],
  ];

  it.each(cases)("%s", (_situation, to, sequence, answer, on) => {
    const sent = encode(item, 7);
    if ("refused" in sent) return expect.unreachable(sent.refused);
    const pending = { item: sent, hello, nothing: null }[to];
    expect(hear({ sequence, payload: asciiJson(answer) }, pending).input.on).toBe(on);
  });
});
