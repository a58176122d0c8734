import { z } from "zod";

/** Protocol level, as it stands in CONNECT: 4 is MQTT 3.1.1, 5 is MQTT 5. */
export const MqttVersion = z.union([z.literal(4), z.literal(5)]);
export type MqttVersion = z.infer<typeof MqttVersion>;

/** Largest message of ours, with room for its topic and properties. */
export const brokerMessageBytes = 256 * 1024 + 1024;

/** Why a broker does not do what it is asked; whoever asks knows what to do about each. */
export type BrokerFault =
  | "version"
  | "credentials"
  | "clientId"
  | "takenOver"
  | "rights"
  | "limits"
  | "busy"
  | "certificate"
  | "noTls"
  | "webSocket"
  | "unreachable"
  | "ended"
  | "other";

export interface BrokerTrouble {
  readonly fault: BrokerFault;
  /** Goes on after the broker's name: "refuses the user or password". */
  readonly detail: string;
}

/** Codes of CONNACK up to 5 are MQTT 3.1.1's (3.2.2.3), those from 128 are MQTT 5's (2.4). */
const byCode: Readonly<Record<number, readonly [BrokerFault, string]>> = {
  1: ["version", "does not speak this version of MQTT"],
  2: ["clientId", "refuses the client id"],
  3: ["busy", "says that it is unavailable"],
  4: ["credentials", "refuses the user or password"],
  5: ["credentials", "refuses the user or password"],
  129: ["version", "does not understand this version of MQTT"],
  130: ["version", "does not understand this version of MQTT"],
  132: ["version", "does not speak this version of MQTT"],
  133: ["clientId", "refuses the client id"],
  134: ["credentials", "refuses the user or password"],
  135: ["credentials", "refuses the user or password"],
  136: ["busy", "says that it is unavailable"],
  137: ["busy", "is too busy"],
  138: ["credentials", "has banned this client"],
  139: ["busy", "is shutting down"],
  140: ["credentials", "wants another way to sign in than user and password"],
  141: ["unreachable", "heard nothing for too long"],
  142: ["takenOver", "was entered by somebody else under this client id"],
  147: ["limits", "was sent more at once than it takes"],
  149: ["limits", "was sent a larger message than it takes"],
  150: ["limits", "was sent messages faster than it takes them"],
  151: ["limits", "has a quota that is used up"],
  152: ["other", "ended the connection by an order of its administrator"],
  154: ["limits", "keeps no retained messages"],
  155: ["limits", "takes no messages with QoS 1"],
  156: ["other", "says to use another server"],
  157: ["other", "has moved"],
  159: ["busy", "lets in no more clients for now"],
};

const certificateCodes =
  /CERT|ERR_TLS|SELF_SIGNED|ISSUER|LEAF_SIGNATURE|CRL|certificate|altname|TLS not authorized/;
const noTlsCodes = /EPROTO|ERR_SSL|wrong version number|packet length too long/;

/** What an error of the connection means: a code of MQTT, of TLS, of the network, or a web server's answer. */
export function explainBroker(error: unknown): BrokerTrouble {
  const { code, message = String(error) } = (error ?? {}) as { code?: unknown; message?: string };
  if (typeof code === "number") return explainCode(code);
  const text = `${String(code ?? "")} ${message}`;
  if (certificateCodes.test(text)) return { fault: "certificate", detail: `cannot be trusted: ${message}` };
  if (noTlsCodes.test(text)) return { fault: "noTls", detail: `does not speak TLS there: ${message}` };
  if (/Unexpected server response|subprotocol/.test(text))
    return { fault: "webSocket", detail: `offers no WebSocket for MQTT there: ${message}` };
  return { fault: "unreachable", detail: `cannot be reached: ${message}` };
}

/** What a code of CONNACK or DISCONNECT means. */
export function explainCode(code: number): BrokerTrouble {
  const known = byCode[code];
  return known
    ? { fault: known[0], detail: `${known[1]} (${code})` }
    : { fault: "other", detail: `refuses with reason code ${code}` };
}

/** What a refused publication or subscription means. */
export function explainDenied(
  doing: "publish on" | "subscribe to",
  topic: string,
  code: number,
): BrokerTrouble {
  if (code === 128 || code === 135)
    return { fault: "rights", detail: `does not let this user ${doing} ${topic} (${code})` };
  const { fault, detail } = explainCode(code);
  return { fault, detail: `refused to ${doing} ${topic}: it ${detail}` };
}

/** Topics that were refused, with their codes: SUBACK has one for each, PUBACK one. None when the connection broke. */
export function deniedOf(error: unknown, topics: readonly string[]): readonly (readonly [string, number])[] {
  const { code, packet } = (error ?? {}) as { code?: unknown; packet?: { granted?: readonly number[] } };
  const codes = packet?.granted ?? topics.map(() => (typeof code === "number" ? code : 0));
  return topics.flatMap((topic, i) => {
    const own = codes[i] ?? 0;
    return own >= 128 ? [[topic, own] as const] : [];
  });
}

/** It closes the connection instead of answering; before MQTT 5 nobody has to say why. */
export const endedWithoutWord: BrokerTrouble = {
  fault: "ended",
  detail: "ends the connection before it says anything",
};

/** Properties of CONNACK in MQTT 5; what is left out is not limited. */
export interface BrokerProperties {
  readonly receiveMaximum?: number | undefined;
  readonly maximumPacketSize?: number | undefined;
  readonly maximumQoS?: number | undefined;
  readonly retainAvailable?: boolean | undefined;
  readonly wildcardSubscriptionAvailable?: boolean | undefined;
}

/** What a broker says that it lacks and we need; undefined when nothing. */
export function brokerLacks(properties: BrokerProperties | undefined): BrokerTrouble | undefined {
  const { maximumPacketSize = brokerMessageBytes, maximumQoS = 2 } = properties ?? {};
  const lacks = [
    maximumPacketSize < brokerMessageBytes && `takes messages of ${maximumPacketSize} bytes at most`,
    maximumQoS < 1 && "takes no messages with QoS 1",
    properties?.retainAvailable === false && "keeps no retained messages",
    properties?.wildcardSubscriptionAvailable === false && "takes no subscriptions with wildcards",
  ].filter((text) => text !== false);
  return lacks.length > 0 ? { fault: "limits", detail: lacks.join(", ") } : undefined;
}
