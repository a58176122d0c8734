import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../storage/database.js";
import { onEachEngine } from "../storage/testing/each-engine.js";
import { Access } from "./access.js";
import { SignInTries } from "./sign-in-tries.js";

const password = "correct horse battery";

onEachEngine((place) => {
  let db: Database;
  let access: Access;
  let time = Date.parse("2026-01-01T08:00:00Z");
  const now = () => new Date(time);

  beforeAll(async () => {
    db = await place().open();
    access = new Access({ db, localToken: "local token", now, passwordLog2N: 10 });
    for (const name of ["anna", "ben"])
      await access.accounts.create({ name, role: "admin", password }, "test", now());
  }, 120_000);
  afterAll(() => db.close());

  const outcome = (work: Promise<unknown>) =>
    work.then(
      () => "in",
      (error) => (error.code === "SIGN_IN_BLOCKED" ? `wait ${error.retryAfterSeconds}` : error.code),
    );
  const signIn = (name: string, typed: string, address: string) =>
    outcome(access.signIn({ name, password: typed }, address));
  /** A try that turns out wrong, without the work of its hash. */
  const wrong = (name: string, address: string) => outcome(new SignInTries(db).begin(name, address, now()));

  test("after five wrong passwords the wait doubles, the right one does not help, and time heals", async () => {
    expect(await signIn("anna", "wrong", "10.0.0.1")).toBe("SIGN_IN_REFUSED");
    expect(await signIn("nobody", "wrong", "10.0.0.1")).toBe("SIGN_IN_REFUSED");
    for (let i = 1; i < 5; i++) expect(await wrong("anna", "10.0.0.1")).toBe("in");
    expect(await signIn("anna", password, "10.0.0.1")).toBe("wait 1");
    for (const seconds of [2, 4, 8]) {
      time += 20_000;
      expect(await wrong("anna", "10.0.0.1")).toBe("in");
      expect(await wrong("anna", "10.0.0.1")).toBe(`wait ${seconds}`);
    }
    // Elsewhere, and for others here, nothing is held up.
    expect(await wrong("anna", "10.0.0.2")).toBe("in");
    expect(await wrong("ben", "10.0.0.1")).toBe("in");
    time += 20_000;
    expect(await signIn("anna", password, "10.0.0.1")).toBe("in");
    expect(await wrong("anna", "10.0.0.1")).toBe("in");
    expect(await wrong("anna", "10.0.0.1")).toBe("in");
  }, 60_000);

  test("fifty tries at once are no way around the count", async () => {
    time += 3_600_000;
    const tries = await Promise.all(Array.from({ length: 50 }, () => wrong("ben", "10.0.0.3")));
    expect(tries.filter((one) => one === "in")).toHaveLength(5);
  }, 60_000);

  test("many addresses together hold a name up, and many names an address, whether they exist or not", async () => {
    time += 3_600_000;
    const byName: string[] = [];
    for (let i = 0; i < 21; i++) byName.push(await wrong("nobody", `10.1.0.${i}`));
    expect(byName).toEqual([...Array(20).fill("in"), "wait 1"]);
    const byAddress: string[] = [];
    for (let i = 0; i < 31; i++) byAddress.push(await wrong(`guess-${i}`, "10.2.0.1"));
    expect(byAddress).toEqual([...Array(30).fill("in"), "wait 1"]);
  }, 60_000);

  test("secrets are in the database as hashes only", async () => {
    time += 3_600_000;
    const { secret } = await access.signIn({ name: "anna", password }, "10.0.0.9");
    const { token } = await access.tokens.create(
      { name: "t", role: "viewer", expiresAt: null },
      "test",
      now(),
    );
    const link = await access.setupLinks.create("test", now(), "anna");
    for (const table of ["account", "session", "api_token", "setup_link", "security_event"]) {
      const { rows } = await db.query(
        `select t::text, encode(convert_to(t::text, 'UTF8'), 'escape') as e from ${table} t`,
      );
      expect(rows.length).toBeGreaterThan(0);
      for (const plain of [password, secret, token, token.slice(10), link])
        for (const text of [plain, Buffer.from(plain).toString("hex")])
          expect(JSON.stringify(rows)).not.toContain(text);
    }
  }, 60_000);
});
