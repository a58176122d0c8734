import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anItem } from "../testing/till/messages.js";
import { concat, text } from "./bytes.js";
import { decodeAnswer } from "./scanner/answer.js";
import { isScanCode } from "./scanner/code.js";
import { encodeScan, maxScanFrame, type ScanFraming, scanDecoder } from "./scanner/frame.js";
import { type DecodeNext, FrameReader } from "./step.js";
import { decodeNext, MAX_FRAME } from "./till-line/frame.js";
import { asciiJson, encodeAnswer, encodeRequest, parseAnswer, parseRequest } from "./till-line/messages.js";

/*
 * A damaged stream is a few pieces (whole, damaged, cut, joined, doubled frames and random bytes) and one good
 * frame at its end, cut into random chunks. "Accepted" means: a step that a till or a lane would act on.
 *
 * What a CRC-16 cannot promise is counted instead of hoped for: damage beyond three bits and one burst of 16 gets
 * past it once in 65,536 times, if it also leaves mark, length, digits and end in order. `checked` counts the
 * frames that came as far as the CRC and failed it, so checked / 65,536 accepted ones are to be expected; with
 * the fixed seed it is none, which is what is asserted. For till-line they would have to be JSON and fit the
 * strict schema, sequence and message id besides. Bare scans and one-byte answers have no check at all: there a
 * damage that makes another code, or an ACK, is taken, and only counted here. TEST_FUZZ_SEED and TEST_FUZZ_RUNS try others.
 */
const SEED = Number(process.env.TEST_FUZZ_SEED ?? 20_26);
const RUNS = Number(process.env.TEST_FUZZ_RUNS ?? 10_000);

interface Subject {
  readonly name: string;
  readonly decode: DecodeNext<unknown>;
  readonly frames: readonly Uint8Array[];
  readonly bound: number;
  /** True where any damage must be noticed; false where the protocol has no check of its own. */
  readonly checked: boolean;
  /** What else an accepted frame went through. */
  readonly sane?: (frame: unknown) => boolean;
  /** Ends rubbish where no mark begins a frame. */
  readonly end: Uint8Array;
}

type Damage = {
  at: number;
  to: number;
  byte: number;
  how: "flip" | "replace" | "insert" | "drop" | "repeat";
};

const damaged = (frame: Uint8Array, { at, to, byte, how }: Damage): Uint8Array => {
  const i = at % frame.length;
  const j = i + (to % (frame.length - i)) + 1;
  const [head, rest] = [frame.subarray(0, i), frame.subarray(i + 1)];
  if (how === "flip") return concat(head, Uint8Array.of((frame[i] ?? 0) ^ (1 << (byte & 7))), rest);
  if (how === "replace") return concat(head, Uint8Array.of(byte), rest);
  if (how === "insert") return concat(frame.subarray(0, i), Uint8Array.of(byte), frame.subarray(i));
  if (how === "drop") return concat(head, frame.subarray(j));
  return concat(frame.subarray(0, j), frame.subarray(i));
};

const damage = fc.record({
  at: fc.nat(5000),
  to: fc.nat(5000),
  byte: fc.oneof(fc.nat(255), fc.integer({ min: 0x20, max: 0x7e })),
  how: fc.constantFrom<Damage["how"]>("flip", "replace", "insert", "drop", "repeat"),
});

function piece(frames: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  const frame = fc.constantFrom(...frames);
  const part = fc.tuple(frame, fc.nat(5000)).map(([f, n]) => f.subarray(0, n % f.length));
  return fc.oneof(
    { weight: 2, arbitrary: frame },
    {
      weight: 6,
      arbitrary: fc
        .tuple(frame, fc.array(damage, { minLength: 1, maxLength: 6 }))
        .map(([f, list]) => list.reduce((bytes, d) => (bytes.length > 0 ? damaged(bytes, d) : bytes), f)),
    },
    { weight: 2, arbitrary: fc.tuple(part, part).map(([a, b]) => concat(a, b)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }) },
  );
}

function cutInto(stream: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.map((c) => c % (stream.length + 1)), stream.length].sort((a, b) => a - b);
  return at.slice(1).map((to, i) => stream.subarray(at[i], to));
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

interface Tally {
  checksum: number;
  passed: number;
  accepted: number;
}

function examine(
  subject: Subject,
  pieces: readonly Uint8Array[],
  cuts: readonly number[],
  tally: Tally,
): void {
  const good = subject.frames[0] ?? new Uint8Array();
  const stream = concat(...pieces, subject.end, good);
  const intact = new Set(subject.frames.map((f) => text(f)));
  const reader = new FrameReader(subject.decode);
  const seen: Uint8Array[] = [];
  let last: Uint8Array | null = null;
  for (const chunk of cutInto(stream, cuts)) {
    for (const step of reader.push(chunk)) {
      seen.push(step.bytes);
      last = step.kind === "frame" ? step.bytes : null;
      if (step.kind === "discarded" && step.why === "checksum") tally.checksum++;
      if (step.kind !== "frame" || subject.sane?.(step.frame) === false) continue;
      if (intact.has(text(step.bytes))) tally.accepted++;
      else tally.passed++;
    }
    // No step waits, so what is held back is less than one frame.
    if (reader.pending >= subject.bound) expect.unreachable(`${reader.pending} bytes held back`);
  }
  // Plain comparisons: an assertion on every byte of 10,000 streams takes longer than all the parsing.
  if (!same(concat(...seen), stream)) expect.unreachable("a byte is not accounted for");
  if (!last || !same(last, good)) expect.unreachable("the next good frame was not read");
}

const bare: ScanFraming = { prefix: "\x02", suffix: "\r", aimId: false, sequence: "none" };
const codes = ["4006381333931", "96385074", "4011", "cola-033"];
const scans = (f: ScanFraming) => codes.map((code, i) => encodeScan(f, code, 41 + i));
const scanSubject = (name: string, f: ScanFraming): Subject => ({
  name,
  decode: scanDecoder(f),
  frames: scans(f),
  bound: maxScanFrame(f),
  checked: f.sequence === "digits",
  sane: (frame) => isScanCode((frame as { code: string }).code),
  end: new TextEncoder().encode(f.prefix === "" ? f.suffix : ""),
});

const item = anItem({ description: "Äpfel \u0002 10 %" });
const id = item.messageId;
const none = new Uint8Array();

const subjects: Subject[] = [
  {
    name: "till-line, as the till reads it",
    decode: decodeNext,
    frames: [encodeRequest(item, 7), encodeRequest({ kind: "hello", protocol: 1 }, 0)],
    bound: MAX_FRAME,
    checked: true,
    sane: (frame) => parseRequest(frame as never).ok,
    end: none,
  },
  {
    name: "till-line, as the lane reads it",
    decode: decodeNext,
    frames: [
      encodeAnswer({ kind: "ack", messageId: id, duplicate: false }, 7),
      encodeAnswer({ kind: "nak", messageId: id, reason: "busy", detail: "" }, 8),
      encodeAnswer({ kind: "welcome", protocol: 1, till: "t", lastSequence: 6 }, 0),
    ],
    bound: MAX_FRAME,
    checked: true,
    sane: (frame) => parseAnswer(frame as never) !== null,
    end: none,
  },
  scanSubject("numbered scans", { ...bare, sequence: "digits" }),
  scanSubject("numbered scans with identifiers and no prefix", {
    prefix: "",
    suffix: "\r\n",
    aimId: true,
    sequence: "digits",
  }),
  scanSubject("bare scans", bare),
  scanSubject("bare scans with identifiers and no prefix", { ...bare, prefix: "", aimId: true }),
  {
    name: "answers to a scanner",
    decode: decodeAnswer,
    frames: [Uint8Array.of(0x06), Uint8Array.of(0x15)],
    bound: 1,
    checked: true,
    end: none,
  },
];

describe(`${RUNS.toLocaleString("en")} damaged streams`, () => {
  it.each(subjects)("$name", (subject) => {
    const tally: Tally = { checksum: 0, passed: 0, accepted: 0 };
    fc.assert(
      fc.property(
        fc.array(piece(subject.frames), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(5000), { maxLength: 6 }),
        (pieces, cuts) => examine(subject, pieces, cuts, tally),
      ),
      { numRuns: RUNS, seed: SEED },
    );
    const expected = (tally.checksum / 65_536).toFixed(3);
    console.info(
      `${subject.name}: ${tally.accepted} intact, ${tally.checksum} stopped by a check, ${tally.passed} damaged taken${subject.checked ? ` (${expected} expected)` : ""}`,
    );
    expect(tally.accepted).toBeGreaterThanOrEqual(RUNS);
    if (subject.checked) expect(tally.passed).toBe(0);
  });

  it("random payloads in intact frames are no messages", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (json, sequence) => {
        const frame = { sequence, payload: asciiJson(JSON.parse(json)) };
        expect(parseAnswer(frame)).toBeNull();
        expect(parseRequest(frame).ok).toBe(false);
      }),
      { numRuns: 2000, seed: SEED },
    );
  });
});
