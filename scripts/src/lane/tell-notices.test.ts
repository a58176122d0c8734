import type { LaneNotice } from "@tillsight/contracts";
import { expect, test } from "vitest";
import { noticeLines } from "./tell-notices.js";

const notice = (code: string): LaneNotice => ({
  code,
  severity: "fault",
  text: "it is gone",
  fix: "Mend it.",
});
const told = (...codes: string[]) => new Map(codes.map((code) => [code, notice(code)]));

test.each([
  ["nothing to say", told(), [], []],
  ["a notice begins", told(), [notice("CAMERA_BLACK")], ["  ! CAMERA_BLACK: it is gone. Mend it."]],
  [
    "a text that ends as a sentence gets no second full stop",
    told(),
    [{ ...notice("CAMERA_BLACK"), text: "It is dark." }],
    ["  ! CAMERA_BLACK: It is dark. Mend it."],
  ],
  ["a notice goes on", told("CAMERA_BLACK"), [notice("CAMERA_BLACK")], []],
  ["a notice is over", told("CAMERA_BLACK"), [], ["  ! CAMERA_BLACK is over"]],
  [
    "one follows another",
    told("CAMERA_BLACK"),
    [notice("TILL_OFFLINE")],
    ["  ! TILL_OFFLINE: it is gone. Mend it.", "  ! CAMERA_BLACK is over"],
  ],
] as const)("%s", (_name, before, now, lines) => expect(noticeLines(before, now)).toEqual(lines));
