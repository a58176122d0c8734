import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { TopicRights } from "@tillsight/contracts";
// A broker in the process, so that one command brings up headquarters; production gives --broker-url.
import { Aedes, type AuthenticateError, type Client } from "aedes";
import { CloudStartError } from "../errors.js";
import { isLoopback } from "../http/address.js";
import { type BrokerTls, brokerAddress, checkPlace } from "./broker-place.js";
import { mayPublish, maySubscribe } from "./rights.js";

export interface Broker {
  /** As lanes reach it. */
  readonly url: string;
  readonly port: number;
  /** As this process reaches it: plain, on loopback. */
  readonly ownUrl: string;
  /** Ends the connections of a user, as when his credentials were taken back. */
  disconnect(username: string): void;
  close(): Promise<void>;
}

export interface BrokerOptions {
  /** 0 (the default) lets the system choose one. */
  readonly port?: number;
  /** Loopback by default. */
  readonly host?: string;
  /** The broker then speaks TLS, and plain on another port of loopback for this process alone. */
  readonly tls?: BrokerTls | undefined;
  /** What lanes are told; by default host and port. */
  readonly laneBrokerUrl?: string | undefined;
  /** What a user may do, null when he may not enter. Left out, everybody may everything; refused beyond loopback. */
  readonly authenticate?: (username: string, password: string) => Promise<TopicRights | null>;
}

/**
 * An MQTT broker in the process. It keeps nothing across a restart: the publisher tells its heads anew on every
 * connection, and lanes ask for what they missed.
 *
 * @throws CloudStartError when the port is in use, or the place is not safe.
 */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  const { port = 0, host = "127.0.0.1", tls, laneBrokerUrl } = options;
  checkPlace({ host, tls, laneBrokerUrl });
  if (!isLoopback(host) && !options.authenticate)
    throw new CloudStartError(
      `the embedded broker on ${host} would let everybody in`,
      "Let registered terminals in alone: --registered-only.",
    );
  const aedes = await Aedes.createBroker({ maxClientsIdLength: 128 });
  const users = new Map<Client, string>();
  if (options.authenticate) guard(aedes, users, options.authenticate);
  const listeners: Listener[] = [];
  const close = async () => {
    for (const listener of listeners) await listener.close();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
  };
  try {
    const server = tls ? createTlsServer(tls, aedes.handle) : createServer(aedes.handle);
    const open = await listen(server, port, host);
    listeners.push(open);
    const own = tls ? await listen(createServer(aedes.handle), 0, "127.0.0.1") : open;
    if (own !== open) listeners.push(own);
    return {
      url: laneBrokerUrl ?? brokerAddress(host, open.port, tls !== undefined),
      port: open.port,
      ownUrl: tls ? brokerAddress("127.0.0.1", own.port, false) : brokerAddress(host, open.port, false),
      disconnect(username) {
        for (const [client, user] of users) if (user === username) client.close();
      },
      close,
    };
  } catch (cause) {
    await close();
    throw new CloudStartError(
      `${host} port ${port} cannot be used for the embedded broker`,
      "Choose another with --broker-port, an address of this machine with --broker-host, or give --broker-url.",
      { cause },
    );
  }
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

interface Listener {
  readonly port: number;
  /** Ends every connection too. */
  close(): Promise<void>;
}

async function listen(server: Server, port: number, host: string): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
