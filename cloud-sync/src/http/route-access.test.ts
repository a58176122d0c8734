import fastify from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mayAct, type Role, roles } from "../access/roles.js";
import { type CloudSync, startCloudSync } from "../cloud.js";
import { embedderId, temporaryFolder } from "../test-helpers.js";
import { requireDeclaredAccess, routeAccess } from "./route-access.js";
import { Browser, withToken } from "./testing.js";

let folder: ReturnType<typeof temporaryFolder>;
let cloud: CloudSync;
const tokens = new Map<Role, string>();

beforeAll(async () => {
  folder = temporaryFolder();
  cloud = await startCloudSync({ dataDir: folder.dir, store: "north", embedderId });
  for (const role of roles) {
    const made = await new Browser(cloud).call(
      "POST",
      "/api/tokens",
      { name: role, role },
      withToken(cloud.token),
    );
    tokens.set(role, made.body.token);
  }
}, 120_000);
afterAll(async () => {
  await cloud.stop();
  folder.clean();
});

test("a route that says nothing about who may call it does not come up", () => {
  const app = fastify();
  requireDeclaredAccess(app);
  expect(() => app.get("/api/forgotten", async () => "")).toThrow(
    expect.objectContaining({ code: "INVARIANT_BROKEN", message: expect.stringContaining("/api/forgotten") }),
  );
});

test("every route of the table is there, is closed to nobody and to every lesser role, and open to the least", async () => {
  const seen: Record<string, string[]> = {};
  const wanted: Record<string, string[]> = {};
  for (const [route, least] of Object.entries(routeAccess)) {
    if (least === "open") continue;
    const [method = "", path = ""] = route.split(" ");
    // Parameters that fit no schema: a call that is let in changes nothing.
    const url = path.replace(/:\w+/g, "%20");
    const outcome = async (token: string | undefined) => {
      const { status } = await new Browser(cloud).call(method, url, undefined, token ? withToken(token) : {});
      return status === 401 || status === 403 ? String(status) : "in";
    };
    // A token has no session of its own to ask for.
    const own = path.startsWith("/api/session") ? "401" : "in";
    // Asked for without parameters, this one would make a link.
    if (route === "POST /api/setup/links") continue;
    wanted[route] = ["401", ...roles.map((role) => (mayAct(role, least) ? own : "403"))];
    seen[route] = [await outcome(undefined)];
    for (const role of roles) seen[route].push(await outcome(tokens.get(role)));
  }
  expect(seen).toEqual(wanted);
}, 60_000);
