import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
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
  /** MQTT in WebSockets instead of plain. */
  readonly webSockets?: boolean;
  /** More lines of its configuration. */
  readonly settings?: readonly string[];
}

export interface Mosquitto {
  readonly url: string;
  /** What it has said so far; each client with its version, `p2` for MQTT 3.1.1 and `p5`. */
  log(): string;
  /** Other rights from now on, also for those who are connected. */
  setAcl(acl: string): void;
  /** Ends it, with SIGTERM or without a goodbye, and starts it again on the same port. */
  restart(signal: NodeJS.Signals, pauseMs?: number): Promise<void>;
  stop(): Promise<void>;
}

/** A port of loopback that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** A real mosquitto on loopback. It keeps nothing across a restart, which is the hardest case for what relies on it. */
export async function startMosquitto(options: MosquittoOptions): Promise<Mosquitto> {
  const { dir, users, tls, webSockets = false, settings = [] } = options;
  const program = mosquittoPath();
  if (!program) throw new ProofProcessError("mosquitto is not installed", "apt-get install mosquitto");
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const lines = [
    // With WebSockets alone 2.0.11 takes itself for one without a listener, and without ipv4 listens everywhere.
    ...(webSockets ? [`listener 0 ${join(dir, "unused.sock")}`] : []),
    `listener ${port} 127.0.0.1`,
    ...(webSockets ? ["protocol websockets", "socket_domain ipv4"] : []),
    "persistence false",
    // No limit would be 0, by which 2.0.11 ends the connection of whoever publishes what he may not.
    "max_queued_messages 1000000",
    // As root it would become the user mosquitto, who may not read this folder.
    "user root",
    `allow_anonymous ${users ? "false" : "true"}`,
    ...(users ? [`password_file ${file("passwords", `${users.passwords.join("\n")}\n`)}`] : []),
    ...(users ? [`acl_file ${file("acl", users.acl)}`] : []),
    ...(tls ? [`certfile ${tls.cert}`, `keyfile ${tls.key}`] : []),
    ...settings,
  ];
  const config = file("mosquitto.conf", `${lines.join("\n")}\n`);
  const log = file("mosquitto.log", "");
  let child = await boot(program, config, port, log);
  return {
    url: `${webSockets ? "ws" : "mqtt"}${tls ? "s" : ""}://127.0.0.1:${port}`,
    log: () => readFileSync(log, "utf8"),
    setAcl(acl) {
      file("acl", acl);
      child.kill("SIGHUP");
    },
    async restart(signal, pauseMs = 0) {
      await end(child, signal);
      await sleep(pauseMs);
      child = await boot(program, config, port, log);
    },
    stop: () => end(child, "SIGTERM"),
  };
}

async function boot(program: string, config: string, port: number, log: string): Promise<ChildProcess> {
  const said = openSync(log, "a");
  const child = spawn(program, ["-c", config], { stdio: ["ignore", said, said] });
  closeSync(said);
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
