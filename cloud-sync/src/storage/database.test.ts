import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../test-helpers.js";
import { type Database, sqlState } from "./database.js";
import { migrate } from "./migrate.js";
import { openDatabase } from "./open.js";
import { PGliteDatabase } from "./pglite.js";
import { PostgresDatabase } from "./postgres.js";
import {
  type PostgresServer,
  postgresBinaries,
  startPostgres,
  withPostgres,
} from "./testing/postgres-server.js";

let server: PostgresServer | undefined;
let folder: ReturnType<typeof temporaryFolder>;
beforeAll(async () => {
  folder = temporaryFolder();
  if (postgresBinaries()) server = await startPostgres();
}, 60_000);
afterAll(async () => {
  await server?.stop();
  folder.clean();
});

function databaseContract(name: string, open: () => Promise<Database>): void {
  describe(name, () => {
    let db: Database;
    beforeAll(async () => {
      db = await open();
      await db.script(
        "create table note (id bigint primary key, body jsonb, bytes bytea, at timestamptz, tags text[])",
      );
    }, 60_000);
    afterAll(() => db.close());

    test("values come back as they are meant, whichever the engine", async () => {
      const bytes = Uint8Array.of(0, 1, 254, 255);
      const values = [
        2 ** 40,
        JSON.stringify({ a: [1, "ä"] }),
        bytes,
        "2026-01-02T03:04:05.678Z",
        ["x", 'y,"z'],
      ];
      const sent = await db.query("insert into note values ($1, $2::jsonb, $3, $4, $5)", values as never);
      expect(sent.affected).toBe(1);
      const { rows } = await db.query<Record<string, unknown>>("select * from note where tags @> $1", [
        ["x"],
      ]);
      expect(rows).toHaveLength(1);
      expect(rows[0]).toMatchObject({ id: 2 ** 40, body: { a: [1, "ä"] }, tags: ["x", 'y,"z'] });
      expect(new Uint8Array(rows[0]?.bytes as Uint8Array)).toEqual(bytes);
      expect(rows[0]?.at).toEqual(new Date("2026-01-02T03:04:05.678Z"));
    });

    test("what a transaction did is there when it returns, and gone when it throws", async () => {
      await db.transaction((tx) => tx.query("insert into note (id) values (1)"));
      const failure = new RangeError("no");
      await expect(
        db.transaction(async (tx) => {
          await tx.query("insert into note (id) values (2)");
          throw failure;
        }),
      ).rejects.toBe(failure);
      expect((await db.query("select id from note where id in (1, 2)")).rows).toEqual([{ id: 1 }]);
    });

    test("a refused statement says why by its code, and the database works on", async () => {
      await db.query("insert into note (id) values (7)");
      const twice = await db.query("insert into note (id) values (7)").catch((error: unknown) => error);
      expect(sqlState(twice)).toBe("23505");
      const inside = db.transaction((tx) => tx.query("insert into note (id) values (7)"));
      await expect(inside).rejects.toSatisfy((error) => sqlState(error) === "23505");
      expect((await db.query<{ n: number }>("select 1::int as n")).rows).toEqual([{ n: 1 }]);
    });

    test("a snapshot is read only and sees one state", async () => {
      const write = db.transaction((tx) => tx.query("insert into note (id) values (8)"), {
        isolation: "snapshot",
      });
      await expect(write).rejects.toSatisfy((error) => sqlState(error) === "25006");
    });

    test("who listens hears what is committed, not what is rolled back, and nothing after it has ended", async () => {
      const heard: string[] = [];
      const end = await db.listen("test_channel", (payload) => heard.push(payload));
      const say = (payload: string) => db.query("select pg_notify('test_channel', $1)", [payload]);
      await db
        .transaction(async (tx) => {
          await tx.query("select pg_notify('test_channel', 'never')");
          throw new RangeError("rolled back");
        })
        .catch(() => {});
      await say("one");
      await expect.poll(() => heard).toEqual(["one"]);
      await end();
      await say("two");
      const later: string[] = [];
      const endLater = await db.listen("test_channel", (payload) => later.push(payload));
      await say("three");
      await expect.poll(() => later).toEqual(["three"]);
      expect(heard).toEqual(["one"]);
      await endLater();
    });

    test("the schema is made once, and a step that fails leaves what was there", async () => {
      await Promise.all([migrate(db), migrate(db)]);
      const versions = async () => (await db.query("select version from migration order by version")).rows;
      const before = await versions();
      expect(before).not.toEqual([]);
      const broken = [
        ...before.map(() => ({ sql: "select 1" })),
        { sql: "create table half (id int); select 1/0" },
      ];
      await expect(migrate(db, broken)).rejects.toThrow();
      expect(await versions()).toEqual(before);
      expect((await db.query("select to_regclass('half') as t")).rows).toEqual([{ t: null }]);
    });
  });
}

databaseContract("PGlite", () => PGliteDatabase.open(`${folder.dir}/contract`));

describe.skipIf(!postgresBinaries())(withPostgres("a PostgreSQL server"), () => {
  const fresh = async () => (await server?.database()) ?? "";
  databaseContract("of our own", async () => PostgresDatabase.open({ url: await fresh() }));

  test("a broken connection fails what was under way by its code, and the next call works; listeners are told", async () => {
    const db = await PostgresDatabase.open({ url: await fresh() });
    const heard: string[] = [];
    await db.listen("test_channel", (payload) => heard.push(payload));
    const cut = db.transaction(async (tx) => {
      await server?.dropConnections();
      await tx.query("select 1");
    });
    await expect(cut).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    expect((await db.query<{ n: number }>("select 2::int as n")).rows).toEqual([{ n: 2 }]);
    await expect.poll(() => heard, { timeout: 10_000 }).toContain("");
    await db.query("select pg_notify('test_channel', 'again')");
    await expect.poll(() => heard).toContain("again");
    await db.close();
    await db.close();
  });

  test.each([
    ["a database that is not there", (url: string) => url.replace(/hq_\d+$/, "nothing"), "createdb"],
    ["a server that is not there", (url: string) => url.replace(/:\d+\//, ":9/"), "--database-url"],
  ])("%s is one clear error without the address in it", async (_, wrong, fix) => {
    const opening = openDatabase({ dataDir: folder.dir, databaseUrl: wrong(await fresh()) });
    await expect(opening).rejects.toMatchObject({ code: "CLOUD_START", fix: expect.stringContaining(fix) });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining("postgresql://") });
  });
});
