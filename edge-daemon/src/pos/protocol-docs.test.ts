import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fromHex, hex } from "./bytes.js";
import { crc16 } from "./crc16.js";
import { encodeScan, scanDecoder } from "./scanner/frame.js";
import { decodeNext } from "./till-line/frame.js";
import {
  encodeAnswer,
  encodeRequest,
  NakReason,
  TillLineAnswer,
  TillLineRequest,
} from "./till-line/messages.js";

const page = (name: string): string =>
  readFileSync(new URL(`../../../docs/protocols/${name}.md`, import.meta.url), "utf8");

/** Pairs of fenced blocks: what is meant, and its bytes. */
function examples(name: string): { words: string[]; json: unknown; bytes: Uint8Array }[] {
  const blocks = page(name).matchAll(/```json (\S+) (\S+)\n(.*?)\n```\n```hex\n(.*?)\n```/gs);
  return [...blocks].map(([, first = "", second = "", json = "", digits = ""]) => ({
    words: [first, second],
    json: JSON.parse(json),
    bytes: fromHex(digits),
  }));
}

describe("examples on the page of till-line", () => {
  const list = examples("till-line");

  it("shows every kind of message and answer", () => {
    const kinds = (of: { options: readonly { shape: { kind: { value: string } } }[] }) =>
      of.options.map((option) => option.shape.kind.value);
    const shown = new Set(list.map(({ json }) => (json as { kind: string }).kind));
    expect([...shown].sort()).toEqual([...kinds(TillLineRequest), ...kinds(TillLineAnswer)].sort());
  });

  it.each(list)("$words: $json.kind", ({ words: [from, number], json, bytes }) => {
    const sequence = Number(number);
    const encoded =
      from === "lane"
        ? encodeRequest(TillLineRequest.parse(json), sequence)
        : encodeAnswer(TillLineAnswer.parse(json), sequence);
    expect(hex(bytes)).toBe(hex(encoded));
    const step = decodeNext(bytes);
    expect(step).toMatchObject({ kind: "frame", frame: { sequence }, rest: new Uint8Array() });
    if (step.kind === "frame") expect(JSON.parse(step.frame.payload)).toEqual(json);
  });

  it("names every reason, and the CRC's test vector", () => {
    for (const reason of NakReason.options) expect(page("till-line")).toContain(`| \`${reason}\` |`);
    const vector = crc16(new TextEncoder().encode("123456789")).toString(16).toUpperCase();
    expect(page("till-line")).toContain(`give \`${vector}\``);
  });
});

describe.each(["scanner-ack", "scanner"])("examples on the page of %s", (name) => {
  it.each(examples(name))("$words", ({ words: [number, code = ""], json, bytes }) => {
    const framing = json as Parameters<typeof encodeScan>[0];
    expect(hex(bytes)).toBe(hex(encodeScan(framing, code, Number(number))));
    const sequence = framing.sequence === "digits" ? Number(number) % 100 : null;
    const read = framing.aimId && code.length === 12 ? `0${code}` : code;
    expect(scanDecoder(framing)(bytes)).toMatchObject({ kind: "frame", frame: { sequence, code: read } });
  });

  it("has examples", () => {
    expect(examples(name).length).toBeGreaterThan(1);
  });
});
