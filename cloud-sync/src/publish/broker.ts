import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { TopicRights } from "@tillsight/contracts";
// A broker in the process, so that one command brings up headquarters; production gives --broker-url.
import { Aedes, type AuthenticateError, type Client } from "aedes";
import { CloudStartError } from "../errors.js";
import { mayPublish, maySubscribe } from "./rights.js";

export interface Broker {
  readonly url: string;
  readonly port: number;
  /** Ends the connections of a user, as when his credentials were taken back. */
  disconnect(username: string): void;
  close(): Promise<void>;
}

export interface BrokerOptions {
  /** 0 (the default) lets the system choose one. */
  readonly port?: number;
  /** Loopback by default. */
  readonly host?: string;
  /** PEM of certificate and key: the broker then speaks TLS only. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** What a user may do, null when he may not enter. Left out, everybody may everything: on loopback only. */
  readonly authenticate?: (username: string, password: string) => Promise<TopicRights | null>;
}

/**
 * An MQTT broker in the process. It keeps nothing across a restart: the publisher tells its heads anew on every
 * connection, and lanes ask for what they missed.
 *
 * @throws CloudStartError when the port is in use.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { port = 0, host = "127.0.0.1", tls } = options;
  const aedes = await Aedes.createBroker({ maxClientsIdLength: 128 });
  const users = new Map<Client, string>();
  if (options.authenticate) guard(aedes, users, options.authenticate);
  const server = tls ? createTlsServer(tls, aedes.handle) : createServer(aedes.handle);
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const stop = () => new Promise<void>((resolve) => aedes.close(() => resolve()));
  try {
    await listen(server, port, host);
  } catch (cause) {
    await stop();
    throw new CloudStartError(
      `port ${port} for the embedded broker cannot be used`,
      "Choose another with --broker-port, or give --broker-url.",
      { cause },
    );
  }
  const address = server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  return {
    ...{ url: `${tls ? "mqtts" : "mqtt"}://${host}:${bound}`, port: bound },
    disconnect(username) {
      for (const [client, user] of users) if (user === username) client.close();
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await stop();
      await closed;
    },
  };
}

/** MQTT 3.1.1, 3.2.2.3: bad user name or password. */
const refusal = (): AuthenticateError =>
  Object.assign(new CloudStartError("not authorised", "Check user and password."), {
    returnCode: 4,
  }) as unknown as AuthenticateError;

function guard(
  aedes: Aedes,
  users: Map<Client, string>,
  authenticate: NonNullable<BrokerOptions["authenticate"]>,
): void {
  // Outlives the connection, because a will is spoken after it.
  const given = new WeakMap<Client, TopicRights>();
  aedes.authenticate = (client, username, password, done) => {
    const name = username ?? "";
    authenticate(name, password?.toString("utf8") ?? "").then(
      (rights) => {
        if (!rights) return done(refusal(), false);
        users.set(client, name);
        given.set(client, rights);
        done(null, true);
      },
      () => done(refusal(), false),
    );
  };
  aedes.on("clientDisconnect", (client) => users.delete(client));
  aedes.authorizePublish = (client, packet, done) => {
    const rights = client && given.get(client);
    // The broker itself (a will) speaks without a client; whose will it is was checked when he spoke.
    if (!client || (rights && mayPublish(rights, packet.topic))) return done(null);
    // Swallowed, as mosquitto does: an error would end the connection, and the lane with a wrong right would only reconnect.
    packet.topic = `$refused/${packet.topic}`;
    done(null);
  };
  aedes.authorizeSubscribe = (client, subscription, done) => {
    const rights = client && given.get(client);
    done(null, rights && maySubscribe(rights, subscription.topic) ? subscription : null);
  };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, "listening");
}
