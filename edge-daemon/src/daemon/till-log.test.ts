import { expect, it } from "vitest";
import type { Logger } from "../observe/logger.js";
import { TillPortLostError, type TillTrace } from "../pos/index.js";
import { TillLog } from "./till-log.js";

const opened: TillTrace = { event: "opened", path: "/dev/ttyUSB0" };
const lost: TillTrace = { event: "fault", error: new TillPortLostError("/dev/ttyUSB0", "unplugged") };
const sent: TillTrace = { event: "sent", bytes: Uint8Array.of(2, 0x41) };
const rubbish: TillTrace = { event: "discarded", bytes: Uint8Array.of(0xff), why: "noise" };
const refused: TillTrace = { event: "outcome", sequence: 7, outcome: { kind: "refused", reason: "unknown" } };
const accepted: TillTrace = { event: "outcome", sequence: 8, outcome: { kind: "accepted" } };

const cases: [situation: string, traces: TillTrace[], levels: string[]][] = [
  ["bytes are for who asks for them", [sent, accepted], ["debug", "debug"]],
  ["a refused line is worth a warning", [refused], ["warn"]],
  ["a port that stays away is said once", [lost, lost, lost], ["warn"]],
  [
    "a port that is lost again after it was back is said again",
    [lost, opened, lost],
    ["warn", "info", "warn"],
  ],
  [
    "rubbish is a warning once after each opening",
    [rubbish, rubbish, opened, rubbish],
    ["warn", "debug", "info", "warn"],
  ],
];
it.each(cases)("%s", (_situation, traces, levels) => {
  const said: string[] = [];
  const at = (level: string) => () => void said.push(level);
  const log: Logger = { error: at("error"), warn: at("warn"), info: at("info"), debug: at("debug") };
  const tillLog = new TillLog(log);
  for (const trace of traces) tillLog.hear(trace);
  expect(said).toEqual(levels);
});
