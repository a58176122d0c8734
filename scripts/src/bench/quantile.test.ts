import { expect, it } from "vitest";
import { figure } from "./quantile.js";

it("figures keep three significant digits", () => {
  expect([figure(0.012345), figure(1234.5), figure(Number.NaN)]).toEqual(["0.0123", "1230", "-"]);
});
