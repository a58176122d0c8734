import { expect, it } from "vitest";
import { brokerTable, proveBroker } from "./broker.js";
import { proveSyncKill9, syncKill9Table } from "./kill9.js";
import { mosquittoPath } from "./mosquitto.js";

const without = mosquittoPath() ? "" : " (skipped: install the Debian package mosquitto)";

it.skipIf(without !== "")(
  `no LSN is missed and none applied twice when the broker ends again and again${without}`,
  async () => {
    const report = await proveBroker({ seconds: 8, everySeconds: 3 });
    expect(report, brokerTable(report)).toMatchObject({ missed: 0, twice: 0, equal: true, passed: true });
  },
  120_000,
);

it("headquarters and lane are in one state after each was killed", async () => {
  const report = await proveSyncKill9({ kills: 4, seed: 2 });
  expect(report, syncKill9Table([report])).toMatchObject({ equal: true, refusals: 0 });
}, 180_000);
