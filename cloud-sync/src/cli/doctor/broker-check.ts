import { once } from "node:events";
import { createServer } from "node:net";
import { describeError, headquartersRights } from "@tillsight/contracts";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { brokerAccess } from "../publishing.js";
import { type DoctorContext, type Found, failure, ok } from "./context.js";

/** Each of headquarters' topics, with a name for each `+` that no store or lane has. */
const probes = headquartersRights.publish.map((filter) => filter.replaceAll("+", "doctor"));
const patienceMs = 10_000;
const rightsFix =
  "Give this user headquarters' rights: --mosquitto-files writes them, docs/headquarters.md lists them.";

/** Reason codes for a wrong user or password: MQTT 3.1.1 has 4 and 5, MQTT 5 has 134 and 135. */
const refusals = [4, 5, 134, 135];
/** Codes for a protocol version that is not spoken: 1 and 132. */
const versions = [1, 132];

const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code;

/** By MQTT 5 where it is spoken, since only there a broker says that it does not let somebody publish. */
async function connect(url: string, access: IClientOptions): Promise<MqttClient> {
  const options = { ...access, reconnectPeriod: 0, connectTimeout: patienceMs };
  try {
    return await mqtt.connectAsync(url, { ...options, protocolVersion: 5 }, false);
  } catch (error) {
    if (!versions.includes(codeOf(error) as number)) throw error;
    return mqtt.connectAsync(url, { ...options, protocolVersion: 4 }, false);
  }
}

/** The broker is reached, lets headquarters in, and lets it subscribe and publish. Nothing is retained or delivered. */
export async function brokerCheck({ options, running }: DoctorContext): Promise<Found> {
  const url = options["broker-url"];
  if (url === undefined) return checkPort(options["broker-port"], running !== undefined);
  const { brokerAccess: access, brokerCa: ca } = await brokerAccess(options);
  const place = new URL(url).host;
  let client: MqttClient;
  try {
    client = await connect(url, { ...access, ...(ca === undefined ? {} : { ca }) });
  } catch (error) {
    return whyNot(place, error);
  }
  // Without a listener it would end the process.
  client.on("error", () => {});
  try {
    const denied = await withinPatience(client, deniedOf(client));
    if (denied !== undefined) return failure(`${place} does not let headquarters ${denied}`, rightsFix);
    return ok(
      client.options.protocolVersion === 5
        ? `${place} lets headquarters in, subscribe and publish`
        : `${place} lets headquarters in; whether it may publish is not told by MQTT 3.1.1`,
    );
  } finally {
    client.end(true);
  }
}

function whyNot(place: string, error: unknown): Found {
  if (refusals.includes(codeOf(error) as number))
    return failure(
      `${place} refuses the user or password`,
      "Correct --broker-user and the file of --broker-password-file; the broker's log has more.",
    );
  const said = describeError(error);
  if (/certificate|self.signed|altname|SSL|TLS/i.test(`${said} ${String(codeOf(error))}`))
    return failure(
      `${place} cannot be trusted: ${said}`,
      "Give the PEM of the authority that signed its certificate with --broker-ca, and the name in it as host.",
    );
  return failure(
    `${place} cannot be reached: ${said}`,
    "Check that the broker runs, --broker-url, and the firewall between here and it.",
  );
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

/** Of the embedded broker, which is not up now unless headquarters is. */
async function checkPort(port: number, running: boolean): Promise<Found> {
  if (running) return ok("embedded, in the running headquarters");
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return ok(`embedded, port ${port} is free`);
  } catch (error) {
    return failure(
      `port ${port} of the embedded broker cannot be used: ${describeError(error)}`,
      "Stop what uses it, choose another with --broker-port, or give --broker-url.",
    );
  } finally {
    server.close();
  }
}
