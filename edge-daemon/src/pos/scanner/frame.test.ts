import { describe, expect, it } from "vitest";
import { ascii, text } from "../bytes.js";
import { FrameReader } from "../step.js";
import { decodeAnswer } from "./answer.js";
import { encodeScan, maxScanFrame, type ScanFraming, scanDecoder } from "./frame.js";

const bare: ScanFraming = { prefix: "", suffix: "\r", aimId: false, sequence: "none" };
const marked: ScanFraming = { ...bare, prefix: "\x02" };
const aim: ScanFraming = { ...bare, aimId: true };
const numbered: ScanFraming = { ...marked, sequence: "digits" };
const EAN = "4006381333931";
const scan = (framing: ScanFraming, code: string, sequence = 7) => text(encodeScan(framing, code, sequence));

function read(framing: ScanFraming, chunks: string[]): string[] {
  const reader = new FrameReader(scanDecoder(framing));
  const seen: string[] = [];
  for (const chunk of chunks)
    for (const step of reader.push(ascii(chunk))) {
      if (step.kind === "discarded") seen.push(`${step.why}:${text(step.bytes)}`);
      else seen.push([step.frame.sequence ?? "-", step.frame.aim ?? "-", step.frame.code].join(" "));
    }
  return reader.pending > 0 ? [...seen, `...${reader.pending}`] : seen;
}

const N = scan(numbered, EAN, 142);
const M = scan(numbered, "4011", 143);

const cases: [situation: string, framing: ScanFraming, chunks: string[], want: string[]][] = [
  ["a GTIN", bare, [`${EAN}\r`], [`- - ${EAN}`]],
  ["a GTIN cut at every byte", bare, `${EAN}\r`.split(""), [`- - ${EAN}`]],
  ["a PLU and a SKU", bare, ["4011\rcola-033\r"], ["- - 4011", "- - cola-033"]],
  ["a GTIN with a wrong digit", bare, ["4006381333930\r4011\r"], ["checksum:4006381333930\r", "- - 4011"]],
  ["a character that no code has", bare, ["40\x0011\r4011\r"], ["malformed:40\x0011\r", "- - 4011"]],
  ["empty scans", bare, ["\r\r4011\r"], ["noise:\r", "noise:\r", "- - 4011"]],
  ["a line end of two bytes, cut between them", { ...bare, suffix: "\r\n" }, ["4011\r", "\n"], ["- - 4011"]],
  ["no end in sight", bare, ["9".repeat(40), "4011\r"], [`oversize:${"9".repeat(40)}`, "- - 4011"]],
  [
    "a cut frame spoils the next without a prefix",
    bare,
    ["40", `${EAN}\r`, "4011\r"],
    [`- - 40${EAN}`, "- - 4011"],
  ],
  ["a cut frame with a prefix", marked, ["\x0240", `\x02${EAN}\r`], ["cut:\x0240", `- - ${EAN}`]],
  ["no prefix where one belongs", marked, ["4011\r\x024012\r"], ["noise:4011\r", "- - 4012"]],
  [
    "a prefix that could be data must stand first",
    { ...bare, prefix: "F" },
    ["F4011\r4011\r"],
    ["- - 4011", "malformed:4011\r"],
  ],
  [
    "identifiers",
    aim,
    ["]C04011\r]E04006381333931\r]E496385074\r"],
    ["- ]C0 4011", `- ]E0 ${EAN}`, "- ]E4 96385074"],
  ],
  ["an identifier that does not fit the code", aim, ["]E44006381333931\r"], ["malformed:]E44006381333931\r"]],
  ["an identifier that is missing", aim, [`${EAN}\r`], [`malformed:${EAN}\r`]],
  ["numbered", numbered, [N + M], [`42 - ${EAN}`, "43 - 4011"]],
  [
    "numbered, a digit damaged",
    numbered,
    [N.replace("42", "43") + M],
    [`checksum:${N.replace("42", "43")}`, "43 - 4011"],
  ],
  ["numbered, its end lost", numbered, [N.slice(0, -1) + M], [`cut:${N.slice(0, -1)}`, "43 - 4011"]],
  ["numbered, too short to be one", numbered, ["\x02421234\r"], ["malformed:\x02421234\r"]],
];

describe("scanner frames", () => {
  it.each(cases)("%s", (_situation, framing, chunks, want) => {
    expect(read(framing, chunks)).toEqual(want);
  });

  it("sends a UPC-A as the 13 digits that ]E0 stands for", () => {
    expect(scan(aim, "036000291452")).toBe("]E00036000291452\r");
    expect(scan(bare, "036000291452")).toBe("036000291452\r");
  });

  it("refuses a code that a till could not tell from a damaged one", () => {
    expect(() => scan(bare, "12345678")).toThrow(/cannot be sent as a scan/);
    expect(() => scan(bare, "a b")).toThrow(/cannot be sent as a scan/);
  });

  it("never makes a longer frame than the reader allows", () => {
    const longest = { prefix: "\x02<<<<<<<", suffix: ">>>>>>>\r", aimId: true, sequence: "digits" } as const;
    const frame = scan(longest, "S".repeat(32));
    expect(frame).toHaveLength(maxScanFrame(longest));
    expect(read(longest, [frame])).toEqual([`7 ]C0 ${"S".repeat(32)}`]);
  });
});

describe("answers to a scanner", () => {
  it("takes ACK and NAK out of noise", () => {
    const steps = [...new FrameReader(decodeAnswer).push(ascii("x\x06\x15yz\x06"))];
    const seen = steps.map((s) => (s.kind === "frame" ? s.frame : `${s.why}:${text(s.bytes)}`));
    expect(seen).toEqual(["noise:x", "ack", "nak", "noise:yz", "ack"]);
  });
});
