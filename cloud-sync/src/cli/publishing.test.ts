import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseOptions } from "../cli.js";
import { startBroker } from "../publish/broker.js";
import { brokerAddress, examineCertificate } from "../publish/broker-place.js";
import { temporaryFolder } from "../test-helpers.js";
import { embeddedBroker } from "./publishing.js";

let folder: ReturnType<typeof temporaryFolder>;
const file = (name: string) => join(folder.dir, name);
beforeAll(() => {
  folder = temporaryFolder();
  for (const name of ["hq", "other"])
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
        ...["-days", "100", "-subj", "/CN=x", "-addext", "subjectAltName=DNS:hq.example,IP:192.0.2.7"],
        ...["-keyout", file(`${name}.key`), "-out", file(`${name}.pem`)],
      ],
      { stdio: "ignore" },
    );
});
afterAll(() => folder.clean());

const wide = ["--broker-host", "0.0.0.0"];
const named = ["--lane-broker-url", "mqtts://hq.example:7483"];
const pair = () => ["--broker-cert", file("hq.pem"), "--broker-key", file("hq.key")];

describe("the embedded broker's place by command line", () => {
  test("on this machine nothing is asked for, and elsewhere a certificate and a name", async () => {
    expect(await embeddedBroker(parseOptions([]))).toMatchObject({ brokerHost: "127.0.0.1" });
    expect(await embeddedBroker(parseOptions([...wide, ...named, ...pair()]))).toMatchObject({
      ...{ brokerHost: "0.0.0.0", laneBrokerUrl: "mqtts://hq.example:7483" },
      brokerTls: { cert: expect.stringContaining("BEGIN CERTIFICATE") },
    });
    const one = await embeddedBroker(parseOptions(["--broker-host", "192.0.2.7", ...pair()]));
    expect(one.laneBrokerUrl).toBeUndefined();
  });

  test.each([
    ["another machine's lanes in clear text", () => [...wide, ...named], /clear text/],
    ["every address and no name for it", () => [...wide, ...pair()], /none that lanes can be told.*/],
    ["a certificate without its key", () => ["--broker-cert", file("hq.pem")], /--broker-key is missing/],
    ["a key without its certificate", () => ["--broker-key", file("hq.key")], /--broker-cert is missing/],
    [
      "another certificate's key",
      () => ["--broker-cert", file("hq.pem"), "--broker-key", file("other.key")],
      /does not belong/,
    ],
    [
      "a file that is no certificate",
      () => ["--broker-cert", file("hq.key"), "--broker-key", file("hq.key")],
      /--broker-cert: no PEM/,
    ],
    [
      "a file that is not there",
      () => ["--broker-cert", file("none"), "--broker-key", file("hq.key")],
      /none cannot be read/,
    ],
    [
      "a certificate for a broker of one's own",
      () => [...pair(), "--broker-url", "mqtts://x"],
      /is for the embedded broker/,
    ],
  ])("%s is refused", async (_, options, message) => {
    await expect(embeddedBroker(parseOptions(options()))).rejects.toThrow(message);
  });

  test("a version of MQTT that is none is refused", () => {
    expect(parseOptions(["--mqtt-version", "5"])["mqtt-version"]).toBe(5);
    expect(() => parseOptions(["--mqtt-version", "3"])).toThrow(/--mqtt-version: 4 for MQTT 3.1.1, or 5/);
  });
});

test("who composes headquarters cannot open the broker to everybody by mistake either", async () => {
  const tls = { cert: readFileSync(file("hq.pem"), "utf8"), key: readFileSync(file("hq.key"), "utf8") };
  await expect(startBroker({ host: "0.0.0.0" })).rejects.toThrow(/clear text/);
  await expect(startBroker({ host: "0.0.0.0", tls, laneBrokerUrl: "mqtts://hq.example:1" })).rejects.toThrow(
    /let everybody in/,
  );
});

test("IPv6 addresses stand in brackets", () => {
  expect(brokerAddress("::1", 7483, true)).toBe("mqtts://[::1]:7483");
});

const dayMs = 86_400_000;
test.each([
  ["is well under its name", "mqtts://hq.example:7483", 0, "ok", "hq.example until"],
  ["is well under its address", "mqtts://192.0.2.7:7483", 0, "ok", "192.0.2.7 until"],
  ["is not for another name", "mqtts://other.example:7483", 0, "failure", "not for other.example"],
  ["is soon over", "mqtts://hq.example:7483", 90, "warning", "ends on"],
  ["is over", "mqtts://hq.example:7483", 101, "failure", "not valid now"],
  ["is not valid yet", "mqtts://hq.example:7483", -1, "failure", "not valid now"],
])("a certificate that %s", (_, url, days, state, detail) => {
  const tls = { cert: readFileSync(file("hq.pem"), "utf8"), key: readFileSync(file("hq.key"), "utf8") };
  const found = examineCertificate(tls, url, new Date(Date.now() + days * dayMs));
  expect(found).toMatchObject({ state, detail: expect.stringContaining(detail) });
});
