import { once } from "node:events";
import { createServer } from "node:net";
import {
  BrokerLine,
  type BrokerTrouble,
  describeError,
  headquartersRights,
  keepLine,
} from "@tillsight/contracts";
import mqtt, { type MqttClient } from "mqtt";
import { brokerFixes } from "../../publish/broker-fixes.js";
import { brokerAddress, examineCertificate } from "../../publish/broker-place.js";
import { brokerAccess, embeddedBroker } from "../publishing.js";
import { type DoctorContext, type Found, failure, ok } from "./context.js";

/** Each of headquarters' topics, with a name for each `+` that no store or lane has. */
const probes = headquartersRights.publish.map((filter) => filter.replaceAll("+", "doctor"));
const patienceMs = 10_000;

/** The broker is reached, lets headquarters in, and lets it subscribe and publish. Nothing is retained or delivered. */
export async function brokerCheck(context: DoctorContext): Promise<Found> {
  const { options } = context;
  const url = options["broker-url"];
  if (url === undefined) return checkEmbedded(context);
  const { brokerAccess: access, brokerCa: ca } = await brokerAccess(options);
  const place = new URL(url).host;
  const line = new BrokerLine({ version: options["mqtt-version"] });
  const client = mqtt.connect(url, {
    ...{ ...access, ...(ca === undefined ? {} : { ca }), protocolVersion: line.version },
    ...{ connectTimeout: patienceMs, reconnectOnConnackError: true },
  });
  keepLine(client, line);
  try {
    const trouble = (await entered(client, line)) ?? line.trouble;
    if (trouble) return failure(`${place} ${trouble.detail}`, brokerFixes[trouble.fault]);
    const denied = await withinPatience(client, deniedOf(client));
    if (denied !== undefined)
      return failure(`${place} does not let headquarters ${denied}`, brokerFixes.rights);
    return ok(
      line.version === 5
        ? `${place} lets headquarters in, subscribe and publish (MQTT 5)`
        : `${place} lets headquarters in; whether it may publish is not told by MQTT 3.1.1`,
    );
  } finally {
    client.end(true);
  }
}

/** Undefined when the broker lets us in, at the second attempt where it speaks MQTT 3.1.1 alone. */
function entered(client: MqttClient, line: BrokerLine): Promise<BrokerTrouble | undefined> {
  return new Promise((resolve) => {
    client.once("connect", () => resolve(undefined));
    client.on("close", () => line.trouble && resolve(line.trouble));
  });
}

/** What is not allowed, undefined when all is. */
async function deniedOf(client: MqttClient): Promise<string | undefined> {
  for (const filter of headquartersRights.subscribe)
    if (
      !(await client.subscribeAsync(filter, { qos: 1 }).then(
        () => true,
        () => false,
      ))
    )
      return `subscribe to ${filter}`;
  for (const topic of probes) {
    const done = await client.publishAsync(topic, "", { qos: 1 }).then(
      () => true,
      () => false,
    );
    if (!done) return `publish to ${topic}`;
  }
  return undefined;
}

/** A connection that ends in the middle is a refusal too: MQTT 3.1.1 knows no other. */
async function withinPatience(
  client: MqttClient,
  work: Promise<string | undefined>,
): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<string>((resolve) => {
    client.once("close", () => resolve("publish: it ended the connection"));
    timer = setTimeout(() => resolve("do its work: no answer came"), patienceMs);
  });
  try {
    return await Promise.race([work.catch(() => ended), ended]);
  } finally {
    clearTimeout(timer);
  }
}

/** The embedded broker is not up now unless headquarters is; its place and certificate can be looked at. */
async function checkEmbedded({ options, running, now }: DoctorContext): Promise<Found> {
  const { brokerHost: host, brokerTls: tls, laneBrokerUrl } = await embeddedBroker(options);
  const port = options["broker-port"];
  const trust = tls && examineCertificate(tls, laneBrokerUrl ?? brokerAddress(host, port, true), now());
  if (trust?.fix !== undefined) return { ...trust, fix: trust.fix };
  const beside = trust ? `, ${trust.detail}` : "";
  if (running) return ok(`embedded, in the running headquarters${beside}`);
  return (await portIsFree(port, host)) ?? ok(`embedded, port ${port} is free${beside}`);
}

async function portIsFree(port: number, host: string): Promise<Found | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
    return undefined;
  } catch (error) {
    return failure(
      `${host} port ${port} of the embedded broker cannot be used: ${describeError(error)}`,
      "Stop what uses it, choose another with --broker-port, an address of this machine with --broker-host, or give --broker-url.",
    );
  } finally {
    server.close();
  }
}
