import { describe, expect, test } from "vitest";
import { brokerLacks, brokerMessageBytes, deniedOf, explainBroker, explainDenied } from "./broker.js";
import { BrokerLine } from "./broker-line.js";

const error = (message: string, code?: string | number) => Object.assign(new Error(message), { code });

test.each([
  ["MQTT 3.1.1 says that the password is wrong", error("Connection refused", 4), "credentials"],
  ["mosquitto says it by MQTT 5", error("Connection refused", 135), "credentials"],
  ["the version is not spoken, 3.1.1", error("Connection refused", 1), "version"],
  ["the version is not spoken, 5", error("Connection refused", 132), "version"],
  ["the broker is full", error("Connection refused", 151), "limits"],
  ["a code that nobody knows", error("Connection refused", 200), "other"],
  [
    "an authority that nobody named",
    error("self-signed certificate", "SELF_SIGNED_CERT_IN_CHAIN"),
    "certificate",
  ],
  [
    "a certificate for another name",
    error("Hostname/IP does not match", "ERR_TLS_CERT_ALTNAME_INVALID"),
    "certificate",
  ],
  ["a certificate that has expired", error("certificate has expired", "CERT_HAS_EXPIRED"), "certificate"],
  ["TLS where none is spoken", error("wrong version number", "EPROTO"), "noTls"],
  [
    "TLS of newer OpenSSL where none is spoken",
    error("packet length too long", "ERR_SSL_PACKET_LENGTH_TOO_LONG"),
    "noTls",
  ],
  ["a web server", error("Unexpected server response: 404"), "webSocket"],
  ["nobody listens", error("connect ECONNREFUSED 127.0.0.1:1", "ECONNREFUSED"), "unreachable"],
  ["no such name", error("getaddrinfo ENOTFOUND x", "ENOTFOUND"), "unreachable"],
  ["no answer in time", error("connack timeout"), "unreachable"],
])("%s", (_, given, fault) => {
  expect(explainBroker(given).fault).toBe(fault);
});

test.each([
  ["MQTT 3.1.1, which says nothing", undefined, undefined],
  ["no limits", {}, undefined],
  [
    "room for what we send",
    { maximumPacketSize: brokerMessageBytes, maximumQoS: 1, retainAvailable: true },
    undefined,
  ],
  ["small messages", { maximumPacketSize: 65_536 }, "takes messages of 65536 bytes at most"],
  ["QoS 0 alone", { maximumQoS: 0 }, "takes no messages with QoS 1"],
  [
    "neither retained messages nor wildcards",
    { retainAvailable: false, wildcardSubscriptionAvailable: false },
    "keeps no retained messages, takes no subscriptions with wildcards",
  ],
])("a broker's own words about %s", (_, properties, detail) => {
  expect(brokerLacks(properties)?.detail).toBe(detail);
});

test("of several topics those are denied that the broker refused; a broken connection denies none", () => {
  const refused = { ...error("Subscribe error", undefined), packet: { granted: [1, 135, 0x80] } };
  expect(deniedOf(refused, ["a", "b", "c"])).toEqual([
    ["b", 135],
    ["c", 128],
  ]);
  expect(deniedOf(error("Publish error", 135), ["a"])).toEqual([["a", 135]]);
  expect(deniedOf(error("Connection closed"), ["a", "b"])).toEqual([]);
  expect(explainDenied("publish on", "a/b", 151)).toEqual({
    fault: "limits",
    detail: "refused to publish on a/b: it has a quota that is used up (151)",
  });
});

describe("a line to the broker", () => {
  const open = (version?: 4 | 5) => {
    const said: string[] = [];
    let now = 0;
    const line = new BrokerLine({
      version,
      monotonic: () => now,
      onTrouble: ({ detail }) => said.push(detail),
    });
    return { line, said, pass: (ms: number) => (now += ms) };
  };

  test.each([
    ["says by 3.1.1 that it speaks nothing newer", 1, undefined, [4, true]],
    ["says by 5 that it does not speak it", 132, undefined, [4, true]],
    ["refuses the password", 135, undefined, [5, false]],
    ["is not there", "ECONNREFUSED", undefined, [5, false]],
    ["says so though a person wants 5", 1, 5, [5, false]],
    ["says so of 3.1.1", 1, 4, [4, false]],
  ] as const)("a broker that %s: which version is next, and at once?", (_, code, wanted, expected) => {
    const { line } = open(wanted);
    const again = line.failed(error("refused", code));
    expect([line.version, again]).toEqual(expected);
  });

  test("a change of version is neither trouble nor the end of a connection, and happens once", () => {
    const { line, said } = open();
    line.failed(error("refused", 1));
    expect(line.closed()).toBe(false);
    expect([line.trouble, said]).toEqual([undefined, []]);
    expect(line.failed(error("refused", 1))).toBe(false);
    expect(line.closed()).toBe(true);
    expect(line.trouble?.fault).toBe("version");
  });

  test("the same trouble at every attempt is said once, and again when it is back", () => {
    const { line, said, pass } = open();
    for (let i = 0; i < 3; i++) {
      line.failed(error("connect ECONNREFUSED", "ECONNREFUSED"));
      line.closed();
    }
    line.connected({});
    pass(60_000);
    line.closed();
    line.failed(error("connect ECONNREFUSED", "ECONNREFUSED"));
    expect(said).toEqual(Array(2).fill("cannot be reached: connect ECONNREFUSED"));
  });

  test("a broker that hangs up without a word is told apart from one that is not there", () => {
    const { line } = open();
    line.closed();
    expect(line.trouble?.fault).toBe("ended");
    line.connected(undefined);
    expect(line.trouble).toBeUndefined();
    expect(line.receiveMaximum).toBe(65_535);
  });

  test("why the broker ended the connection stays to be read for a minute after it let us in again", () => {
    const { line, pass } = open();
    line.connected({ receiveMaximum: 20 });
    expect(line.receiveMaximum).toBe(20);
    line.told(142);
    line.closed();
    line.connected({});
    expect(line.trouble?.fault).toBe("takenOver");
    pass(60_000);
    expect(line.trouble).toBeUndefined();
  });

  test("being thrown out three times at once is told, though the broker gives no reason; one broken line is not", () => {
    const { line, pass } = open(4);
    const brief = (ms: number) => {
      line.connected(undefined);
      pass(ms);
      line.closed();
    };
    for (const ms of [10, 10, 8_000, 10, 10]) brief(ms);
    expect(line.trouble).toBeUndefined();
    brief(10);
    expect(line.trouble?.fault).toBe("takenOver");
  });

  test("a broker that ends the connection of whoever says what he may not: the topic is what is told", () => {
    const { line } = open();
    for (let i = 0; i < 3; i++) {
      line.connected({});
      line.denied("publish on", ["a"], error("Publish error", 135));
      line.closed();
    }
    line.connected({});
    expect(line.trouble).toEqual({ fault: "rights", detail: "does not let this user publish on a (135)" });
  });

  test("what was refused is trouble until it is granted, or another connection begins", () => {
    const { line, said } = open();
    line.connected({});
    line.denied("publish on", ["a"], error("Publish error", 135));
    line.denied("publish on", ["a"], error("Publish error", 135));
    expect(said).toEqual(["does not let this user publish on a (135)"]);
    line.granted("publish on", ["a"]);
    expect(line.trouble).toBeUndefined();
    line.denied("subscribe to", ["b"], error("Subscribe error", 135));
    line.closed();
    line.connected({});
    expect(line.trouble).toBeUndefined();
  });
});
