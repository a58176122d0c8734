import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ProofProcessError } from "./child.js";

/** The program; undefined where it is not installed. */
export function mosquittoPath(): string | undefined {
  const dirs = ["/usr/sbin", "/usr/local/sbin", ...(process.env.PATH ?? "").split(":")];
  return dirs.map((dir) => join(dir, "mosquitto")).find((file) => existsSync(file));
}

export interface MosquittoOptions {
  /** Folder for its files. */
  readonly dir: string;
  /** Lines of `password_file` and `acl_file`; left out, everybody may everything. */
  readonly users?: { readonly passwords: readonly string[]; readonly acl: string };
  /** PEM files: it then speaks TLS only. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export interface Mosquitto {
  readonly url: string;
  /** Ends it, with SIGTERM or without a goodbye, and starts it again on the same port. */
  restart(signal: NodeJS.Signals, pauseMs?: number): Promise<void>;
  stop(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** A real mosquitto on loopback. It keeps nothing across a restart, which is the hardest case for what relies on it. */
export async function startMosquitto({ dir, users, tls }: MosquittoOptions): Promise<Mosquitto> {
  const program = mosquittoPath();
  if (!program) throw new ProofProcessError("mosquitto is not installed", "apt-get install mosquitto");
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const lines = [
    `listener ${port} 127.0.0.1`,
    "persistence false",
    "max_queued_messages 0",
    // As root it would become the user mosquitto, who may not read this folder.
    "user root",
    `allow_anonymous ${users ? "false" : "true"}`,
    ...(users ? [`password_file ${file("passwords", `${users.passwords.join("\n")}\n`)}`] : []),
    ...(users ? [`acl_file ${file("acl", users.acl)}`] : []),
    ...(tls ? [`certfile ${tls.cert}`, `keyfile ${tls.key}`] : []),
  ];
  const config = file("mosquitto.conf", `${lines.join("\n")}\n`);
  let child = await boot(program, config, port);
  return {
    url: `${tls ? "mqtts" : "mqtt"}://127.0.0.1:${port}`,
    async restart(signal, pauseMs = 0) {
      await end(child, signal);
      await sleep(pauseMs);
      child = await boot(program, config, port);
    },
    stop: () => end(child, "SIGTERM"),
  };
}

async function boot(program: string, config: string, port: number): Promise<ChildProcess> {
  const child = spawn(program, ["-c", config], { stdio: "ignore" });
  for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
    if (await answers(port)) return child;
    await sleep(50);
  }
  throw new ProofProcessError("mosquitto did not come up", `Try it by hand: ${program} -c ${config}`);
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}
