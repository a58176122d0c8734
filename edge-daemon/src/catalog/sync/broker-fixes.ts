import type { BrokerFault, BrokerTrouble } from "@tillsight/contracts";

const fixes: Readonly<Record<BrokerFault, string>> = {
  version: "Leave `sync.mqttVersion` out, or set it to what the broker speaks.",
  credentials:
    "Correct `sync.username` and the file of `sync.passwordFile`, or register this lane again (tillsight register).",
  clientId: "Let the broker take client ids of letters, digits and hyphens; its log says what it wants.",
  takenOver:
    "Give every lane of the store a `terminal` of its own: two that share one throw each other out. Else look at the broker's log.",
  rights:
    "Give this terminal's user its rights at the broker: docs/protocols lists them, headquarters writes them.",
  limits: "Let the broker take messages of 256 KiB with QoS 1, retained ones among them.",
  busy: "It is tried again; when it stays so, look at the broker's log.",
  certificate:
    "Put the authority that signed the broker's certificate into `sync.caFile`, and the name in it into `sync.brokerUrl`.",
  noTls: "Check the port in `sync.brokerUrl`, and whether it begins with mqtts:// (TLS) or mqtt://.",
  webSocket: "Check the port and path in `sync.brokerUrl`, such as wss://broker.example/mqtt.",
  unreachable: "Check the network and `sync.brokerUrl`.",
  ended:
    "Check the port in `sync.brokerUrl` and whether it wants TLS; set `sync.mqttVersion` to 4 for a broker that knows nothing newer.",
  other: "Look at the broker's log.",
};

/** What is in the way at the broker, as a lane tells it, and what to do. */
export const brokerTrouble = ({ fault, detail }: BrokerTrouble): { detail: string; fix: string } => ({
  detail: `the broker ${detail}`,
  fix: fixes[fault],
});
