import { expect, test } from "vitest";
import { help, parseOptions } from "./cli.js";

test("everything has a default, and what is given is taken", () => {
  expect(parseOptions([])).toMatchObject({ store: "store", port: 7480, help: false });
  expect(parseOptions(["--port", "0", "--broker-url", "mqtts://broker.example:8883"])).toMatchObject({
    ...{ port: 0, "broker-url": "mqtts://broker.example:8883" },
  });
});

test.each([
  [["--port", "http"], "port"],
  [["--port", "70000"], "port"],
  [["--store", "Not A Name"], "store"],
  [["--broker-url", "http://x"], "broker-url"],
  [["--keep-telemetry", "-1"], "keep-telemetry"],
  [["--keep-review", "soon"], "keep-review"],
  [["--keep-events", "a year"], "keep-events"],
  [["--nonsense"], "nonsense"],
  [["stray"], "stray"],
])("%j is refused by name", (argv, name) => {
  expect(() => parseOptions(argv)).toThrow(
    expect.objectContaining({ code: "INVALID_INPUT", message: expect.stringContaining(name) }),
  );
});

test("the help names every option", () => {
  for (const option of Object.keys(parseOptions([]))) expect(help).toContain(`--${option}`);
  expect(help).toContain("--broker-url");
});
