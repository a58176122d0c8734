import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { configDocs, configJsonSchema } from "./docs.js";
import { loadConfig, parseConfig } from "./load.js";

const dir = mkdtempSync(join(tmpdir(), "tillsight-config-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const written = (text: string): string => {
  const path = join(dir, `broken.json`);
  writeFileSync(path, text);
  return path;
};

describe("the configuration", () => {
  it("is complete when nothing is set", () => {
    const config = parseConfig({}, "test");
    expect(config.kiosk.port).toBe(7400);
    expect(config.models.providers).toEqual(["cpu"]);
  });

  const wrong: [situation: string, input: unknown, names: RegExp][] = [
    ["an unknown key at the top", { kamera: {} }, /kamera/],
    ["an unknown key inside a part", { camera: { sauce: "x" } }, /camera\.sauce/],
    ["a port that is no port", { kiosk: { port: 99_999 } }, /kiosk\.port/],
    ["a PIN with letters", { kiosk: { attendantPin: "abcd" } }, /kiosk\.attendantPin: 4 to 12 digits/],
    ["a provider nobody has", { models: { providers: ["abacus"] } }, /models\.providers\.0/],
    ["a terminal name that would break topics", { terminal: "a/b" }, /terminal/],
    ["a version of MQTT that is none", { sync: { mqttVersion: 3 } }, /sync\.mqttVersion/],
    ["a broker that is no MQTT address", { sync: { brokerUrl: "http://x" } }, /sync\.brokerUrl/],
    ["a list instead of an object", [], /whole file/],
  ];
  it.each(wrong)("is refused with the field's name: %s", (_situation, input, names) => {
    expect(() => parseConfig(input, "test")).toThrow(names);
  });

  it("names every wrong field at once", () => {
    expect(() => parseConfig({ kiosk: { port: -1 }, log: { level: "loud" } }, "t")).toThrow(
      /kiosk\.port.*log\.level/,
    );
  });

  it("says that a missing file cannot be read", () => {
    expect(() => loadConfig(join(dir, "absent.json"))).toThrow(/cannot be read \(ENOENT\)/);
  });

  it("says where JSON is broken", () => {
    expect(() => loadConfig(written("{ nope"))).toThrow(/is not JSON/);
  });

  it("documents every setting from the schema itself", () => {
    const docs = configDocs();
    for (const name of ["camera.source", "till.protocol", "kiosk.port", "recognition.settleMs"])
      expect(docs).toContain(`\`${name}\``);
    expect(configJsonSchema()).toHaveProperty("additionalProperties", false);
  });
});
