import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding, headquartersRights, type TopicRights } from "@tillsight/contracts";
import { generateSigningKey, signingKeyPem } from "@tillsight/sync-protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { parseOptions } from "../../cli.js";
import { startCloudSync } from "../../cloud.js";
import { agree } from "../../copies/agreement.js";
import { addressFile } from "../../folder-lock.js";
import { type Broker, startBroker } from "../../publish/broker.js";
import { signingKeyFile } from "../../publish/signing-key.js";
import { openDatabase } from "../../storage/open.js";
import {
  type PostgresServer,
  postgresBinaries,
  startPostgres,
  withPostgres,
} from "../../storage/testing/postgres-server.js";
import { startS3Server } from "../../storage/testing/s3-server.js";
import { embedderId, temporaryFolder } from "../../test-helpers.js";
import { diagnose, runDoctor } from "./doctor.js";

let folder: ReturnType<typeof temporaryFolder>;
let data: string;
beforeEach(() => {
  folder = temporaryFolder();
  data = join(folder.dir, "data");
});
afterEach(() => {
  vi.unstubAllEnvs();
  folder.clean();
});

type Injected = Parameters<typeof diagnose>[2];
type Findings = Record<string, Omit<Finding, "check">>;

async function look(
  more: readonly string[] = [],
  databaseUrl?: string,
  injected?: Injected,
): Promise<Findings> {
  const options = parseOptions(["--data", data, "--broker-port", "0", ...more]);
  const findings = await diagnose(options, databaseUrl, injected);
  return Object.fromEntries(findings.map(({ check, ...rest }) => [check, rest]));
}
const failed = (detail: string, fix: string) => ({
  ...{ state: "failure", detail: expect.stringContaining(detail), fix: expect.stringContaining(fix) },
});

test("before the first start nothing is wrong, and nothing is made", async () => {
  const findings = await look();
  const states = Object.entries(findings).map(([check, { state }]) => `${check}: ${state}`);
  expect(states.filter((text) => !text.endsWith(": ok"))).toEqual(["headquarters: warning"]);
  expect(existsSync(data)).toBe(false);
});

test("beside a running headquarters all is well, and as JSON too", async () => {
  const cloud = await startCloudSync({ dataDir: data, store: "north" as never, embedderId });
  try {
    await vi.waitFor(async () => expect((await cloud.health()).state).toBe("ok"), 20_000);
    const findings = await look();
    expect(Object.values(findings).map(({ state }) => state)).toEqual(Array(7).fill("ok"));
    let printed = "";
    const code = await runDoctor(["--data", data, "--json"], undefined, (text) => {
      printed = text;
    });
    expect([code, JSON.parse(printed)[0]]).toEqual([0, expect.objectContaining({ check: "data folder" })]);
  } finally {
    await cloud.stop();
  }
}, 60_000);

test("a headquarters that was killed, a full disk and a place for objects that is none are told, and fail", async () => {
  mkdirSync(data);
  writeFileSync(addressFile(data), "http://127.0.0.1:9\n");
  writeFileSync(join(data, "file"), "");
  const findings = await look(["--objects", join(data, "file", "objects")], undefined, {
    freeBytes: () => 50 * 2 ** 20,
  });
  expect(findings.headquarters).toMatchObject(failed("was killed", "journalctl"));
  expect(findings["data folder"]).toMatchObject(failed("only 50 MB free", "Make room"));
  expect(findings.objects).toMatchObject(failed("cannot be stored", "Check that the folder may be written"));
  const tight = await look([], undefined, { freeBytes: () => 500 * 2 ** 20 });
  expect(tight["data folder"]?.state).toBe("warning");
  expect(await runDoctor(["--data", data, "--broker-port", "0"], undefined, () => {})).toBe(1);
});

test("a bucket is written and left empty; a wrong secret names what to correct", async () => {
  const credentials = { accessKeyId: "HQ", secretAccessKey: "right" };
  const server = await startS3Server({ bucket: "goods", region: "us-east-1", credentials });
  vi.stubEnv("AWS_ACCESS_KEY_ID", "HQ");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "right");
  mkdirSync(data);
  const objects = ["--objects", `s3://goods?endpoint=${server.endpoint}`];
  try {
    expect((await look(objects)).objects).toMatchObject({ state: "ok" });
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "wrong");
    expect((await look(objects)).objects).toMatchObject(
      failed("SignatureDoesNotMatch", "AWS_SECRET_ACCESS_KEY"),
    );
  } finally {
    await server.close();
  }
});

test("a signing key that everybody may read is a warning, one that is none a failure", async () => {
  mkdirSync(data);
  const file = signingKeyFile(data);
  writeFileSync(file, signingKeyPem(generateSigningKey()));
  chmodSync(file, 0o644);
  expect((await look())["signing key"]).toMatchObject({
    state: "warning",
    fix: expect.stringContaining("chmod 600"),
  });
  writeFileSync(file, "nonsense");
  expect((await look())["signing key"]).toMatchObject({ state: "failure", fix: expect.any(String) });
});

describe("a broker", () => {
  let broker: Broker;
  const rights: Record<string, TopicRights> = {
    all: headquartersRights,
    deaf: { ...headquartersRights, subscribe: [] },
  };
  beforeAll(async () => {
    broker = await startBroker({
      authenticate: async (user, password) => (password === "right" ? (rights[user] ?? null) : null),
    });
  });
  afterAll(() => broker.close());
  const at = async (user: string, password: string) => {
    const file = join(folder.dir, "password");
    writeFileSync(file, `${password}\n`);
    const access = ["--broker-user", user, "--broker-password-file", file];
    return (await look(["--broker-url", broker.url, ...access])).broker;
  };

  test("that gives all rights is well", async () => {
    expect(await at("all", "right")).toMatchObject({ state: "ok" });
  });

  test.each([
    ["all", "wrong", "refuses the user or password", "--broker-user"],
    ["deaf", "right", "subscribe to tillsight/", "rights"],
  ])("as %s with the %s password: %s", async (user, password, detail, fix) => {
    expect(await at(user, password)).toMatchObject(failed(detail, fix));
  });

  test("that is not there is told, and so is a password file that is not", async () => {
    const away = await look(["--broker-url", "mqtt://127.0.0.1:9"]);
    expect(away.broker).toMatchObject(failed("cannot be reached", "--broker-url"));
    const file = ["--broker-user", "x", "--broker-password-file", join(folder.dir, "none")];
    const unread = await look(["--broker-url", broker.url, ...file]);
    expect(unread.broker).toMatchObject(failed("broker-password-file", "path"));
  });
});

test("a database server that is away is told with its fix, and the other checks still run", async () => {
  const findings = await look([], "postgresql://hq:secret@127.0.0.1:9/tillsight");
  expect(findings.database).toMatchObject(failed("cannot be", "Check that"));
  expect(JSON.stringify(findings)).not.toContain("secret");
  expect(findings.broker?.state).toBe("ok");
  expect([findings.clock?.state, findings["signing key"]?.state]).toEqual(["warning", "warning"]);
});

describe.skipIf(!postgresBinaries())(withPostgres("on PostgreSQL"), () => {
  let server: PostgresServer;
  let url: string;
  const key = generateSigningKey();
  beforeAll(async () => {
    server = await startPostgres();
    url = await server.database();
  }, 60_000);
  afterAll(() => server.stop());
  beforeEach(() => {
    mkdirSync(data);
    writeFileSync(signingKeyFile(data), signingKeyPem(key), { mode: 0o600 });
  });

  test("an empty database is left empty; schema, clock and signing key are compared with a used one", async () => {
    expect((await look([], url)).database).toMatchObject({ detail: expect.stringContaining("empty") });
    const db = await openDatabase({ dataDir: "", databaseUrl: url });
    try {
      await agree(db, key.publicKey.id, embedderId, false);
      const sound = await look([], url);
      for (const check of ["database", "clock", "signing key"])
        expect(sound[check]).toMatchObject({ state: "ok" });

      const slow = await look([], url, { now: () => new Date(Date.now() - 60_000) });
      expect(slow.clock).toMatchObject(failed("behind", "timedatectl"));

      writeFileSync(signingKeyFile(data), signingKeyPem(generateSigningKey()));
      expect((await look([], url))["signing key"]).toMatchObject(failed("signed with key", "--signing-key"));
      const missing = await look(["--signing-key", join(data, "none.pem")], url);
      expect(missing["signing key"]).toMatchObject(failed("missing", "--adopt-key"));

      await db.query("delete from migration where version = (select max(version) from migration)");
      expect((await look([], url)).database).toMatchObject({ state: "warning" });
      await db.query("insert into migration (version) values (999)");
      expect((await look([], url)).database).toMatchObject(failed("schema 999", "newer Tillsight"));
    } finally {
      await db.close();
    }
  }, 60_000);
});
