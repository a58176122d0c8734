import { describe, expect, test } from "vitest";
import { Passwords } from "./password.js";
import { mayAct, roles } from "./roles.js";

const passwords = new Passwords();

test("a password fits its own hash, also typed on another keyboard, and two hashes of it differ", async () => {
  const [one, two] = [await passwords.hash("Häferl für Zehn"), await passwords.hash("Häferl für Zehn")];
  expect(one).not.toBe(two);
  expect(one).toMatch(/^scrypt\$15\$8\$3\$/);
  expect(await passwords.fits(one, "Häferl für Zehn".normalize("NFD"))).toBe(true);
  expect(await passwords.fits(one, "Haferl für Zehn")).toBe(false);
});

test("where there is no account the same work is done, and nothing fits", async () => {
  const stored = await passwords.hash("correct horse battery");
  // CPU time of this process, all threads: what other processes do meanwhile does not count.
  const cost = async (of: string | undefined) => {
    const before = process.cpuUsage();
    expect(await passwords.fits(of, "wrong wrong wrong")).toBe(false);
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  await cost(stored);
  let [known, unknown] = [0, 0];
  for (let i = 0; i < 2; i++) {
    known += await cost(stored);
    unknown += await cost(undefined);
  }
  // An account that is looked up without hashing would answer a thousand times faster.
  expect(unknown / known).toBeGreaterThan(0.5);
  expect(unknown / known).toBeLessThan(2);
}, 30_000);

describe("roles", () => {
  test("each may do what the one before may", () => {
    const rights = roles.map((role) => roles.map((least) => (mayAct(role, least) ? "x" : "-")).join(""));
    expect(rights).toEqual(["x---", "xx--", "xxx-", "xxxx"]);
  });
});
