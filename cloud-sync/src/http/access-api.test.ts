import { afterAll, beforeAll, expect, test } from "vitest";
import { type CloudSync, startCloudSync } from "../cloud.js";
import { embedderId, product, temporaryFolder } from "../test-helpers.js";
import { Browser, withToken } from "./testing.js";

const password = "correct horse battery";
const hour = 3_600_000;
let folder: ReturnType<typeof temporaryFolder>;
let cloud: CloudSync;
let time = Date.parse("2026-01-01T08:00:00Z");
const now = () => new Date(time);
const start = () =>
  startCloudSync({ dataDir: folder.dir, store: "north", embedderId, now, passwordLog2N: 10 });

beforeAll(async () => {
  folder = temporaryFolder();
  cloud = await start();
}, 120_000);
afterAll(async () => {
  await cloud.stop();
  folder.clean();
});

const local = (method: string, path: string, body?: unknown) =>
  new Browser(cloud).call(method, path, body, withToken(cloud.token));

async function signedIn(name: string, as = password): Promise<Browser> {
  const browser = new Browser(cloud);
  expect((await browser.signIn(name, as)).status).toBe(200);
  return browser;
}

let people = 0;
/** Another one for each test, so that no test's wrong tries are another's. */
async function person(role: string): Promise<string> {
  const name = `${role}-${++people}`;
  expect((await local("POST", "/api/users", { name, role, password })).status).toBe(201);
  return name;
}

test("the link of the first start makes the first administrator, once, and no later start has one", async () => {
  const token = new URL(cloud.setupUrl ?? "").hash.slice(1);
  const browser = new Browser(cloud);
  const setUp = (setupToken: string, as = password) =>
    browser.call("POST", "/api/setup", { setupToken, name: "Anna", password: as });
  expect(await setUp("guessed")).toMatchObject({ status: 403, body: { type: "SETUP_REFUSED" } });
  expect(await setUp(token, "short")).toMatchObject({
    status: 400,
    body: { errors: [{ field: "password" }] },
  });
  const tries = await Promise.all([setUp(token), setUp(token), setUp(token)]);
  expect(tries.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  expect(tries.find(({ status }) => status === 201)?.body).toEqual({ user: { name: "anna", role: "admin" } });
  expect(await setUp(token)).toMatchObject({ status: 409, body: { type: "SETUP_DONE" } });
  await cloud.stop();
  cloud = await start();
  expect(cloud.setupUrl).toBeUndefined();
});

test("a session is a cookie that no script can read, ends with the sign-out, and is told again when asked", async () => {
  const browser = new Browser(cloud);
  expect((await browser.call("GET", "/api/session")).status).toBe(401);
  const answer = await browser.signIn(" ANNA ", password);
  expect(answer.body).toEqual({
    ...{ user: { name: "anna", role: "admin" }, csrfToken: expect.stringMatching(/^[\w-]{43}$/) },
    expiresAt: new Date(time + 12 * hour).toISOString(),
  });
  const [line] = answer.headers.getSetCookie();
  expect(line).toMatch(/^tillsight_session=[\w-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/);
  expect((await browser.call("GET", "/api/session")).body).toEqual(answer.body);
  const { cookie } = browser;
  expect((await browser.call("DELETE", "/api/session")).status).toBe(204);
  expect(browser.cookie).toBeUndefined();
  expect((await browser.call("GET", "/api/session", undefined, { cookie })).status).toBe(401);
});

test("a write in a session needs the session's own CSRF token, a token of a program needs none", async () => {
  const anna = await signedIn("anna");
  const other = await signedIn("anna");
  const put = (headers: Record<string, string | undefined>) =>
    anna.call("PUT", "/api/stores/south", {}, headers);
  for (const csrf of [undefined, "", "wrong", other.csrfToken, anna.cookie?.split("=")[1]])
    expect(await put({ "x-csrf-token": csrf })).toMatchObject({ status: 403, body: { type: "CSRF" } });
  expect((await put({})).status).toBe(200);
  expect((await put({ origin: cloud.url })).status).toBe(200);
  for (const origin of ["https://evil.example", "null", "http://127.0.0.1:1"])
    expect(await put({ origin })).toMatchObject({ status: 403, body: { type: "FOREIGN_ORIGIN" } });
  expect((await local("PUT", "/api/stores/south", {})).status).toBe(200);
  // A token that is none is not made good by the cookie beside it.
  expect((await put(withToken("wrong"))).status).toBe(401);
});

test("another page cannot sign a browser in", async () => {
  const browser = new Browser(cloud);
  const body = { name: "anna", password };
  expect((await browser.call("POST", "/api/session", body, { origin: "https://evil.example" })).status).toBe(
    403,
  );
  expect((await browser.call("POST", "/api/session", body, { "content-type": "text/plain" })).status).toBe(
    400,
  );
  expect(browser.cookie).toBeUndefined();
});

test("a cookie that somebody planted becomes no session, and the one from before ends", async () => {
  const browser = new Browser(cloud);
  const planted = `tillsight_session=${"A".repeat(43)}`;
  browser.cookie = planted;
  await browser.signIn("anna", password);
  expect(browser.cookie).not.toBe(planted);
  expect((await browser.call("GET", "/api/session", undefined, { cookie: planted })).status).toBe(401);
  const { cookie: first } = browser;
  await browser.signIn("anna", password);
  expect((await browser.call("GET", "/api/session", undefined, { cookie: first })).status).toBe(401);
});

test("a name that nobody has is answered as a wrong password is, and guessing is told to wait", async () => {
  const name = await person("viewer");
  const guess = (as: string) => new Browser(cloud).signIn(as, "not the password");
  const [known, unknown] = [await guess(name), await guess("nobody-at-all")];
  expect(known).toMatchObject({ status: 401, body: { type: "SIGN_IN_REFUSED" } });
  expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
  for (let i = 1; i < 5; i++) await guess(name);
  const blocked = await new Browser(cloud).signIn(name, password);
  expect(blocked).toMatchObject({
    status: 429,
    body: { type: "SIGN_IN_BLOCKED", fix: expect.stringMatching(/Wait/) },
  });
  expect(Number(blocked.headers.get("retry-after"))).toBe(1);
  time += 2_000;
  await signedIn(name);
});

test("a session ends after two hours without a call, and after twelve however busy", async () => {
  const anna = await signedIn("anna");
  const status = async () => (await anna.call("GET", "/api/products")).status;
  for (let i = 0; i < 7; i++) {
    time += 1.6 * hour;
    expect(await status()).toBe(200);
  }
  time += hour;
  expect(await status()).toBe(401);
  const idle = await signedIn("anna");
  time += 2.1 * hour;
  expect((await idle.call("GET", "/api/products")).status).toBe(401);
});

test("every role may do what it should and nothing above it", async () => {
  const calls: [least: string, method: string, path: string, body?: unknown][] = [
    ["viewer", "GET", "/api/products"],
    ["viewer", "GET", "/api/sales"],
    ["editor", "PUT", "/api/products/mug", { ...product("mug"), sku: undefined }],
    ["admin", "GET", "/api/users"],
    ["admin", "POST", "/api/tokens", { name: "mine", role: "admin" }],
    ["admin", "POST", "/api/users", { name: "extra", role: "admin", password }],
  ];
  const order = ["terminal", "viewer", "editor", "admin"];
  for (const role of ["viewer", "editor"]) {
    const browser = await signedIn(await person(role));
    for (const [least, method, path, body] of calls) {
      const may = order.indexOf(role) >= order.indexOf(least);
      const { status } = await browser.call(method, path, body);
      expect([role, method, path, status < 300 ? "may" : status]).toEqual([
        role,
        method,
        path,
        may ? "may" : 403,
      ]);
    }
    const self = (await browser.call("GET", "/api/session")).body.user.name;
    expect((await browser.call("PATCH", `/api/users/${self}`, { role: "admin" })).status).toBe(403);
  }
  const terminal = (await local("POST", "/api/tokens", { name: "lane 1", role: "terminal" })).body.token;
  const lane = (path: string) => new Browser(cloud).call("GET", path, undefined, withToken(terminal));
  expect((await lane("/api/products/mug")).status).toBe(200);
  expect(await lane("/api/sales")).toMatchObject({ status: 403, body: { type: "FORBIDDEN" } });
});

test("a new role holds for a live session at once; a disabled or removed user and a new password end it", async () => {
  const name = await person("editor");
  const patch = (change: object) => local("PATCH", `/api/users/${name}`, change);
  const live = await signedIn(name);
  const put = async () => (await live.call("PUT", "/api/stores/south", {})).status;
  expect(await put()).toBe(200);
  await patch({ role: "viewer" });
  expect(await put()).toBe(403);
  await patch({ disabled: true });
  expect(await put()).toBe(401);
  expect((await new Browser(cloud).signIn(name, password)).status).toBe(401);
  await patch({ disabled: false });
  const again = await signedIn(name);
  await patch({ password: "another long one" });
  expect((await again.call("GET", "/api/products")).status).toBe(401);
  const last = await signedIn(name, "another long one");
  expect((await local("DELETE", `/api/users/${name}`)).status).toBe(204);
  expect((await last.call("GET", "/api/products")).status).toBe(401);
});

test("a user changes the own password by the old one: other sessions end, this one stays", async () => {
  const name = await person("viewer");
  const [here, there] = [await signedIn(name), await signedIn(name)];
  const change = (old: string) =>
    here.call("PUT", "/api/session/password", { password: old, newPassword: "a new long one" });
  expect((await change("not the old one")).status).toBe(401);
  expect((await change(password)).status).toBe(204);
  expect((await here.call("GET", "/api/session")).status).toBe(200);
  expect((await there.call("GET", "/api/session")).status).toBe(401);
  await signedIn(name, "a new long one");
});

test("the last administrator stays, whatever two of them do at once", async () => {
  const { users } = (await local("GET", "/api/users")).body;
  for (const { name, role } of users)
    if (role === "admin" && name !== "anna") await local("DELETE", `/api/users/${name}`);
  for (const call of [["DELETE"], ["PATCH", { role: "viewer" }], ["PATCH", { disabled: true }]] as const)
    expect((await local(call[0], "/api/users/anna", call[1])).status).toBe(409);
  const second = await person("admin");
  const both = await Promise.all([
    local("PATCH", "/api/users/anna", { role: "viewer" }),
    local("PATCH", `/api/users/${second}`, { role: "viewer" }),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  await local("PATCH", "/api/users/anna", { role: "admin" });
});

test("a token is shown once, does what its role may, and ends when it expires or is revoked", async () => {
  const expiresAt = new Date(time + hour).toISOString();
  const made = await local("POST", "/api/tokens", { name: "till import", role: "editor", expiresAt });
  expect(made).toMatchObject({
    status: 201,
    body: { token: expect.stringMatching(/^tillsight_[\w-]{43}$/) },
  });
  const { token, id } = made.body;
  const use = async () => {
    const answer = await new Browser(cloud).call(
      ...(["PUT", "/api/products/cup", { ...product("cup"), sku: undefined }] as const),
      withToken(token),
    );
    return answer.status;
  };
  expect(await use()).toBe(200);
  expect((await local("GET", "/api/changes?sku=cup")).body.changes[0].actor).toBe("token till import");
  const list = await local("GET", "/api/tokens?limit=500");
  expect(JSON.stringify(list.body)).not.toContain(token);
  expect(list.body.tokens.find((one: { id: string }) => one.id === id)).toMatchObject({
    ...{ role: "editor", createdBy: "local", usedAt: now().toISOString() },
  });
  time += 1.1 * hour;
  expect(await use()).toBe(401);
  const next = (await local("POST", "/api/tokens", { name: "next", role: "viewer" })).body;
  const read = async () =>
    (await new Browser(cloud).call("GET", "/api/products", undefined, withToken(next.token))).status;
  expect(await read()).toBe(200);
  expect((await local("DELETE", `/api/tokens/${next.id}`)).status).toBe(204);
  expect(await read()).toBe(401);
  expect((await local("POST", "/api/tokens", { name: "late", role: "viewer", expiresAt })).status).toBe(400);
});

test("a link sets a forgotten password, for its user only and once", async () => {
  const name = await person("editor");
  const live = await signedIn(name);
  const { url } = (await local("POST", "/api/setup/links", { user: name })).body;
  const setupToken = new URL(url).hash.slice(1);
  const redeem = (as: string) =>
    new Browser(cloud).call("POST", "/api/setup", { setupToken, name: as, password: "chosen again" });
  expect((await redeem("anna")).status).toBe(403);
  expect(await redeem(name)).toMatchObject({ status: 201, body: { user: { name, role: "editor" } } });
  expect((await redeem(name)).status).toBe(409);
  expect((await live.call("GET", "/api/session")).status).toBe(401);
  await signedIn(name, "chosen again");
  expect((await local("POST", "/api/setup/links", {})).status).toBe(409);
});

test("the audit names who signed in, who failed, and what became of roles and tokens", async () => {
  const name = await person("viewer");
  await new Browser(cloud).signIn(name, "not the password");
  await signedIn(name);
  await local("PATCH", `/api/users/${name}`, { role: "editor" });
  const { events, next } = (await local("GET", `/api/audit?subject=${name}&limit=3`)).body;
  expect(events).toMatchObject([
    {
      kind: "user-changed",
      actor: "local",
      detail: { before: { role: "viewer" }, after: { role: "editor" } },
    },
    { kind: "sign-in", actor: name, address: "127.0.0.1" },
    { kind: "sign-in-failed", actor: name, address: "127.0.0.1" },
  ]);
  expect((await local("GET", `/api/audit?subject=${name}&after=${next}`)).body).toMatchObject({
    ...{ events: [{ kind: "user-created" }], next: null },
  });
});
