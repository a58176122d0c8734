import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { CloudStartError } from "../../errors.js";

const debianRoot = "/usr/lib/postgresql";

/** Folder of `initdb` and `postgres`, version 15 or later; undefined where they are not installed. */
export function postgresBinaries(): string | undefined {
  const versions = existsSync(debianRoot) ? readdirSync(debianRoot).map(Number) : [];
  const debian = versions
    .filter((version) => version >= 15)
    .sort((a, b) => b - a)
    .map((version) => join(debianRoot, String(version), "bin"));
  const all = [...debian, ...(process.env.PATH ?? "").split(":")];
  return all.find((dir) => existsSync(join(dir, "initdb")) && existsSync(join(dir, "postgres")));
}

/** Name of a test that needs a server, saying why it is skipped. */
export const withPostgres = (name: string): string =>
  postgresBinaries() ? name : `${name} (skipped: install Debian's package postgresql)`;

export interface PostgresServer {
  /** A fresh, empty database. @returns its URL */
  database(): Promise<string>;
  /** Breaks every connection, as a restart of the server would. */
  dropConnections(): Promise<void>;
  /** Ends it and removes its files; idempotent. */
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root, so for root it runs as `nobody`. */
function account(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

/**
 * A real PostgreSQL of its own in a temporary folder, for tests and measurements.
 *
 * @param options `durable`: false (the default) does without fsync, as a test's files need not survive the machine.
 * @throws CloudStartError when it is not installed or does not come up in 30 seconds
 */
export async function startPostgres({
  durable = false,
}: {
  readonly durable?: boolean;
} = {}): Promise<PostgresServer> {
  const bin = postgresBinaries();
  if (!bin) throw new CloudStartError("PostgreSQL is not installed", "apt-get install postgresql");
  const dir = mkdtempSync(join(tmpdir(), "tillsight-postgres-"));
  const as = account();
  if (as.uid !== undefined && as.gid !== undefined) chownSync(dir, as.uid, as.gid);
  const data = join(dir, "data");
  const options = { ...as, cwd: dir, env: { PATH: process.env.PATH ?? "", LC_ALL: "C.UTF-8" } };
  execFileSync(join(bin, "initdb"), ["-D", data, "-A", "trust", "-U", "hq", "-E", "UTF8", "--no-sync"], {
    ...options,
    stdio: "ignore",
  });
  const port = await freePort();
  const settings = durable ? [] : ["-c", "fsync=off", "-c", "synchronous_commit=off"];
  const child = spawn(
    join(bin, "postgres"),
    [...["-D", data, "-k", dir, "-p", String(port), "-c", "listen_addresses=127.0.0.1"], ...settings],
    { ...options, stdio: "ignore" },
  );
  const stop = stopper(child, dir);
  const url = (name: string) => `postgresql://hq@127.0.0.1:${port}/${name}`;
  const admin = async (sql: string) => {
    const client = new pg.Client({ connectionString: url("postgres") });
    try {
      await client.connect();
      await client.query(sql);
    } finally {
      await client.end().catch(() => {});
    }
  };
  await untilReady(() => admin("select 1"), child, stop);
  let made = 0;
  return {
    async database() {
      const name = `hq_${++made}`;
      await admin(`create database ${name}`);
      return url(name);
    },
    dropConnections: () =>
      admin("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"),
    stop,
  };
}

async function untilReady(probe: () => Promise<void>, child: ChildProcess, stop: () => Promise<void>) {
  for (let tries = 0; tries < 300 && child.exitCode === null; tries++) {
    const failed = await probe().then(
      () => false,
      () => true,
    );
    if (!failed) return;
    await sleep(100);
  }
  await stop();
  throw new CloudStartError(
    "PostgreSQL did not come up",
    "Look whether `postgres` runs on this machine at all.",
  );
}

function stopper(child: ChildProcess, dir: string): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= (async () => {
      // SIGINT: fast shutdown, connections are broken off.
      if (child.exitCode === null && child.kill("SIGINT")) await once(child, "exit");
      rmSync(dir, { recursive: true, force: true });
    })();
    return done;
  };
}
