import { describe, expect, it } from "vitest";
import { ascii, text } from "../bytes.js";
import { crc16 } from "../crc16.js";
import { FrameReader } from "../step.js";
import { decodeNext, encodeFrame, MAX_FRAME, MAX_PAYLOAD } from "./frame.js";

const frame = (sequence: number, payload: string) => text(encodeFrame({ sequence, payload }));
const A = frame(1, "{}");
const B = frame(2, '{"b":2}');

/** What the reader makes of the chunks: `1:{}` for a frame, `why:bytes` for rubbish; `...n` bytes held back. */
function read(chunks: string[]): string[] {
  const reader = new FrameReader(decodeNext);
  const seen: string[] = [];
  for (const chunk of chunks)
    for (const step of reader.push(ascii(chunk)))
      seen.push(
        step.kind === "frame"
          ? `${step.frame.sequence}:${step.frame.payload}`
          : `${step.why}:${text(step.bytes)}`,
      );
  return reader.pending > 0 ? [...seen, `...${reader.pending}`] : seen;
}

const cases: [situation: string, chunks: string[], want: string[]][] = [
  ["one frame", [A], ["1:{}"]],
  ["one frame cut at every byte", A.split(""), ["1:{}"]],
  ["two frames in one chunk", [A + B], ["1:{}", '2:{"b":2}']],
  [
    "noise before, between and after",
    [`xy${A}\r\n${B}!`],
    ["noise:xy", "1:{}", "noise:\r\n", '2:{"b":2}', "noise:!"],
  ],
  ["a frame cut short by the next", [A.slice(0, 9) + B], [`cut:${A.slice(0, 9)}`, '2:{"b":2}']],
  ["cut inside its length", [`\x0200${B}`], ["cut:\x0200", '2:{"b":2}']],
  ["two STX in a row", [`\x02${A}`], ["cut:\x02", "1:{}"]],
  [
    "length that is no number",
    [A.replace("0002", "00G2") + B],
    [`malformed:${A.replace("0002", "00G2")}`, '2:{"b":2}'],
  ],
  ["length in lower case", [`\x02000a${B}`], ["cut:\x02000a", '2:{"b":2}']],
  ["length zero", [`\x020000${B}`], ["oversize:\x020000", '2:{"b":2}']],
  ["length above the limit is refused before waiting for more", ["\x02FFFF"], ["oversize:\x02FFFF"]],
  [
    "length too large by a damage: the next frame is not swallowed",
    [A.replace("0002", "0042") + B],
    [`malformed:${A.replace("0002", "0042")}`, '2:{"b":2}'],
  ],
  [
    "length too small by a damage",
    [B.replace("0007", "0002") + A],
    [`malformed:${B.replace("0007", "0002").slice(0, 19)}`, `noise:${B.slice(19)}`, "1:{}"],
  ],
  ["a flipped bit in the payload", [B.replace("b", "c") + A], [`checksum:${B.replace("b", "c")}`, "1:{}"]],
  [
    "a control byte in the payload",
    [B.replace("b", "\x06") + A],
    [`malformed:${B.slice(0, 15)}\x06`, `noise:${B.slice(16)}`, "1:{}"],
  ],
  ["ETX lost", [A.slice(0, -1) + B], [`malformed:${A.slice(0, -1)}`, '2:{"b":2}']],
  ["nothing but STX", ["\x02"], ["...1"]],
  ["half a frame", [A.slice(0, 10)], ["...10"]],
];

describe("till-line frames", () => {
  it.each(cases)("%s", (_situation, chunks, want) => {
    expect(read(chunks)).toEqual(want);
  });

  it("checks with the catalogue's test vector", () => {
    expect(crc16(ascii("123456789"))).toBe(0x29b1);
  });

  it("carries the longest payload and refuses a longer one", () => {
    const longest = "x".repeat(MAX_PAYLOAD);
    expect(encodeFrame({ sequence: 0xffffffff, payload: longest })).toHaveLength(MAX_FRAME);
    expect(read([frame(7, longest)])).toEqual([`7:${longest}`]);
    expect(() => encodeFrame({ sequence: 1, payload: `${longest}x` })).toThrow(/printable ASCII/);
    expect(() => encodeFrame({ sequence: 1, payload: "ü" })).toThrow(/printable ASCII/);
    expect(() => encodeFrame({ sequence: -1, payload: "x" })).toThrow(/sequence/);
  });

  it("refuses every damage of one or two bits, and every burst of up to ten", () => {
    const good = encodeFrame({ sequence: 5, payload: "{}" });
    const bits = good.length * 8;
    const accepted = (...flips: number[]) => {
      const bad = Uint8Array.from(good);
      for (const bit of flips) bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return [...new FrameReader(decodeNext).push(bad)].some((step) => step.kind === "frame");
    };
    for (let a = 0; a < bits; a++) {
      expect(accepted(a)).toBe(false);
      for (let b = a + 1; b < bits; b++) if (accepted(a, b)) expect.unreachable(`bits ${a} and ${b}`);
      for (let burst = 1; burst < 1024; burst += 2) {
        const flips = [...Array(10).keys()].filter((k) => burst & (1 << k)).map((k) => a + k);
        if (flips.every((f) => f < bits) && accepted(...flips)) expect.unreachable(`burst ${burst} at ${a}`);
      }
    }
  });
});
