import type { BrokerFault, BrokerTrouble } from "@tillsight/contracts";

/** What to do about each at headquarters. */
export const brokerFixes: Readonly<Record<BrokerFault, string>> = {
  version: "Leave --mqtt-version out, or set it to what the broker speaks.",
  credentials: "Correct --broker-user and the file of --broker-password-file; the broker's log has more.",
  clientId: "Let the broker take client ids of letters, digits and hyphens; its log says what it wants.",
  takenOver: "Look in the broker's log why it ends the connection of tillsight-hq.",
  rights:
    "Give this user headquarters' rights: --mosquitto-files writes them, docs/headquarters.md lists them.",
  limits: "Let the broker take messages of 256 KiB with QoS 1, retained ones among them, and wildcards.",
  busy: "It is tried again; when it stays so, look at the broker's log.",
  certificate:
    "Give the PEM of the authority that signed its certificate with --broker-ca, and the name in it as host.",
  noTls: "Check the port in --broker-url, and whether it begins with mqtts:// (TLS) or mqtt://.",
  webSocket: "Check the port and path in --broker-url, such as wss://broker.example/mqtt.",
  unreachable: "Check that the broker runs, --broker-url, and the firewall between here and it.",
  ended:
    "Check the port in --broker-url and whether it wants TLS; give --mqtt-version 4 for a broker that knows nothing newer.",
  other: "Look at the broker's log.",
};

/** What is in the way at the broker, as headquarters tells it, and what to do. */
export const brokerTrouble = ({ fault, detail }: BrokerTrouble): { detail: string; fix: string } => ({
  detail: `the broker ${detail}`,
  fix: brokerFixes[fault],
});
