import { describe, expect, it } from "vitest";
import { z } from "zod";
import { PosSettings } from "./settings.js";

describe("till settings", () => {
  it("need nothing to be said", () => {
    expect(PosSettings.parse({})).toMatchObject({ protocol: "till-line", path: "/dev/ttyUSB0", attempts: 3 });
  });

  it.each([
    ["an unknown field", { pth: "/dev/ttyS0" }, /pth/],
    ["an unknown protocol", { protocol: "scaner" }, /protocol/],
    ["a timeout that is too short", { ackTimeoutMs: 1 }, /ackTimeoutMs/],
    ["a suffix that could be part of a code", { suffix: "X" }, /suffix/],
    ["no suffix at all", { suffix: "" }, /suffix/],
    ["a prefix that holds the suffix", { prefix: "\u0002\r" }, /prefix/],
    ["a prefix that is not ASCII", { prefix: "é" }, /prefix/],
  ])("refuse %s and name the field", (_what, given, names) => {
    const result = PosSettings.safeParse(given);
    expect(result.success).toBe(false);
    if (!result.success) expect(z.prettifyError(result.error)).toMatch(names);
  });

  it("document themselves: each field has a title, a description and a default", () => {
    const { properties } = z.toJSONSchema(PosSettings) as {
      properties: Record<string, Record<string, unknown>>;
    };
    for (const [name, field] of Object.entries(properties)) {
      expect(field, name).toMatchObject({ title: expect.any(String), description: expect.any(String) });
      expect(field, name).toMatchObject({ requiresRestart: true });
      expect(field, name).toHaveProperty("default");
    }
  });
});
