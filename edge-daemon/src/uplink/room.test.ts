import type { UpStream } from "@tillsight/contracts";
import { expect, test } from "vitest";
import { planRoom, type RoomPlan, type Usage } from "./room.js";

const none: Usage = { accepted: 0, sale: 0, event: 0, telemetry: 0, crop: 0 };
const full: Usage = { accepted: 20, sale: 20, event: 20, telemetry: 20, crop: 20 };
const cases: [situation: string, usage: Usage, stream: UpStream, bytes: number, want: RoomPlan][] = [
  ["there is room", none, "crop", 100, { drop: [], take: true }],
  [
    "what headquarters has goes first",
    full,
    "crop",
    15,
    { drop: [{ from: "accepted", bytes: 15 }], take: true },
  ],
  [
    "a crop displaces crops, never telemetry",
    full,
    "crop",
    40,
    {
      drop: [
        { from: "accepted", bytes: 20 },
        { from: "crop", bytes: 20 },
      ],
      take: true,
    },
  ],
  [
    "a crop that is too large is not taken, and nothing goes for it",
    full,
    "crop",
    41,
    { drop: [], take: false },
  ],
  [
    "an event displaces crops and telemetry before events",
    full,
    "event",
    65,
    {
      drop: [
        { from: "accepted", bytes: 20 },
        { from: "crop", bytes: 20 },
        { from: "telemetry", bytes: 20 },
        { from: "event", bytes: 5 },
      ],
      take: true,
    },
  ],
  [
    "sales alone fill the disk: telemetry waits outside",
    { ...none, sale: 100 },
    "telemetry",
    1,
    { drop: [], take: false },
  ],
  [
    "sales alone fill the disk: a sale is taken all the same",
    { ...none, sale: 100 },
    "sale",
    10,
    { drop: [], take: true },
  ],
  [
    "a sale displaces everything but sales",
    full,
    "sale",
    500,
    {
      drop: (["accepted", "crop", "telemetry", "event"] as const).map((from) => ({ from, bytes: 20 })),
      take: true,
    },
  ],
];
test.each(cases)("%s", (_, usage, stream, bytes, want) => {
  expect(planRoom(usage, 100, stream, bytes)).toEqual(want);
});
