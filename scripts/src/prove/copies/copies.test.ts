import { postgresBinaries } from "@tillsight/cloud-sync";
import { expect, it } from "vitest";
import { mosquittoPath } from "../sync/mosquitto.js";
import { proveCopies } from "./copies.js";
import { copiesTable } from "./judge.js";

const missing = !postgresBinaries() || !mosquittoPath();

it.skipIf(missing)(
  "two copies of headquarters, ended in turn while they publish: nothing is lost, nothing told in two ways",
  async () => {
    const report = await proveCopies({ kills: 2, lanes: 2 });
    expect(report.passed, copiesTable(report)).toBe(true);
    expect(report.changes).toBeGreaterThan(10);
  },
  240_000,
);
