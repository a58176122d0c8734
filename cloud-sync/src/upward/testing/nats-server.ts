import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { connect } from "nats";

/** Where Debian's package puts it; undefined when it is not installed. */
export function natsBinary(): string | undefined {
  const found = spawnSync("nats-server", ["--version"], { encoding: "utf8" });
  return found.status === 0 ? "nats-server" : undefined;
}

export const withNats = (name: string): string =>
  natsBinary() ? name : `${name} (needs Debian's package nats-server)`;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** A real server with JetStream on loopback, in a folder of the caller. */
export class NatsServer {
  readonly #dir: string;
  readonly #port: number;
  #process: ChildProcess | undefined;

  private constructor(dir: string, port: number) {
    this.#dir = dir;
    this.#port = port;
  }

  static async open(dir: string): Promise<NatsServer> {
    const server = new NatsServer(dir, await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    const args = ["-a", "127.0.0.1", "-p", String(this.#port), "-js", "-sd", this.#dir];
    this.#process = spawn("nats-server", args, { stdio: "ignore" });
    for (let tries = 0; ; tries++) {
      try {
        const connection = await connect({
          servers: `127.0.0.1:${this.#port}`,
          reconnect: false,
          timeout: 500,
        });
        await connection.close();
        return;
      } catch (error) {
        if (tries > 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  async stop(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process || process.exitCode !== null) return;
    const ended = once(process, "exit");
    process.kill("SIGKILL");
    await ended;
  }
}
