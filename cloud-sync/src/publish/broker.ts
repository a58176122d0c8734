import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
// A broker in the process, so that one command brings up headquarters; production gives --broker-url.
import { Aedes } from "aedes";
import { CloudStartError } from "../errors.js";

export interface Broker {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * An MQTT broker on loopback. It keeps nothing across a restart: the publisher sends its retained head anew on
 * every connection, and lanes ask for what they missed.
 *
 * @param port 0 lets the system choose one.
 * @throws CloudStartError when the port is in use.
 */
export async function startBroker(port = 0, host = "127.0.0.1"): Promise<Broker> {
  const aedes = await Aedes.createBroker({ maxClientsIdLength: 128 });
  const server = createServer(aedes.handle);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
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
    ...{ url: `mqtt://${host}:${bound}`, port: bound },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await stop();
      await closed;
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, "listening");
}
