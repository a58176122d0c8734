import { buffer } from "node:stream/consumers";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import yazl from "yazl";
import { z } from "zod";
import { type CloudSync, startCloudSync } from "../../cloud.js";
import { modelForm, printNetwork } from "../../fleet/models/test-helpers.js";
import { embedderId, product, temporaryFolder, testPhoto, testReader } from "../../test-helpers.js";
import { routeAccess } from "../route-access.js";
import { Browser, withToken } from "../testing.js";
import { openApi, routeDocs } from "./document.js";

describe("the description", () => {
  test("has every route with its role, and no other", () => {
    const document = openApi("1");
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, of]) => [
        `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`,
        of["x-role"],
      ]),
    );
    // The console's files are no API.
    const { "GET /*": _, ...routes } = routeAccess;
    expect(Object.fromEntries(described)).toEqual(routes);
  });

  test("is valid OpenAPI 3.1", async () => {
    const result = await new Validator().validate(structuredClone(openApi("1")));
    expect(result).toMatchObject({ valid: true });
  });

  test.each(Object.entries(routeDocs))("%s names the parameters of its path", (route, { params }) => {
    const inPath = [...route.matchAll(/:(\w+)/g)].map((match) => match[1]);
    expect(Object.keys(params?.shape ?? {}).sort()).toEqual(inPath.sort());
  });
});

describe("real answers", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let cloud: CloudSync;
  const seen = new Set<string>();

  beforeAll(async () => {
    folder = temporaryFolder();
    cloud = await startCloudSync({
      ...{ dataDir: folder.dir, store: "north", embedderId, photoReader: testReader(), passwordLog2N: 10 },
    });
  }, 120_000);
  afterAll(async () => {
    await cloud.stop();
    folder.clean();
  });

  function hold(route: string, body: unknown): void {
    const answer = routeDocs[route]?.answer;
    if (answer instanceof z.ZodType) answer.parse(body);
    seen.add(route);
  }

  /** Calls, and holds the answer to the description of the route. */
  async function ask(route: string, values: Record<string, string> = {}, body?: unknown, browser?: Browser) {
    const [method = "", path = ""] = route.split(" ");
    const [plain = "", query = ""] = path.split("?");
    const doc = routeDocs[`${method} ${plain}`];
    const url = plain.replace(/:(\w+)/g, (_, name) => values[name] ?? name) + (query ? `?${query}` : "");
    const headers = browser ? {} : withToken(cloud.token);
    const answer = await (browser ?? new Browser(cloud)).call(method, url, body, headers);
    expect([route, answer.status, answer.status < 300 ? "" : answer.body]).toEqual([
      route,
      doc?.status ?? 200,
      "",
    ]);
    hold(`${method} ${plain}`, answer.body);
    if (doc?.answer instanceof z.ZodType) return answer;
    if (doc?.answer) expect(doc.answer).toContain(answer.headers.get("content-type")?.split(";")[0]);
    else expect(answer.body).toBe("");
    return answer;
  }

  test("of the catalog and of enrolment are as described", async () => {
    const mug = { sku: "mug", store: "north" };
    await ask("PUT /api/products/:sku", mug, { ...product("mug"), sku: undefined, names: { de: "Becher" } });
    await ask("PUT /api/products/:sku/price", mug, { price: { minor: 5, currency: "EUR" } });
    await ask("GET /api/products/:sku", mug);
    await ask("GET /api/products?search=mug&limit=1");
    await ask("PUT /api/stores/:store", mug, { label: "North Street" });
    await ask("GET /api/stores");
    await ask("PUT /api/stores/:store/products/:sku", mug, { name: "Our mug" });
    await ask("GET /api/stores/:store/products/:sku", mug);
    await ask("DELETE /api/stores/:store/products/:sku", mug);
    await ask("GET /api/changes?limit=2");
    await ask("GET /api/rollback?toLsn=1");
    await ask("POST /api/rollback", {}, { toLsn: 1, reason: "a wrong price" });
    await ask("GET /api/rollbacks?limit=1");
    await ask("GET /api/export");
    const file = "sku,name,unit,price,currency,taxRate\noats,Oats,each,2.49,EUR,7\n";
    const send = async (path: string, body: string | Blob, type: string) => {
      const response = await fetch(cloud.url + path, {
        ...{ method: "POST", body, headers: { ...withToken(cloud.token), "content-type": type } },
      });
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape.
      return (await response.json()) as any;
    };
    const report = await send("/api/imports", file, "text/csv");
    hold("POST /api/imports", report);
    const id = { id: report.id };
    await ask("GET /api/imports");
    await ask("GET /api/imports/:id", id);
    await ask("GET /api/imports/:id/errors", id);
    const photo = new Blob([new Uint8Array(await testPhoto(10))]);
    const begun = await send("/api/products/mug/photos", photo, "image/png");
    hold("POST /api/products/:sku/photos", begun);
    const zip = new yazl.ZipFile();
    zip.addBuffer(await testPhoto(20), "mug.png");
    zip.end();
    const zipped = new Blob([new Uint8Array(await buffer(zip.outputStream))]);
    hold("POST /api/enrolments/zip", await send("/api/enrolments/zip", zipped, "application/zip"));
    const job = { id: begun.enrolments[0].id };
    const state = async () => (await ask("GET /api/enrolments/:id", job)).body.state;
    await expect.poll(state, { timeout: 30_000 }).toBe("enrolled");
    await ask("GET /api/enrolments");
    const { references } = (await ask("GET /api/products/:sku/references", mug)).body;
    await ask("GET /api/product-details?keys=mug,oats,none");
    await ask("GET /api/heads");
    await ask("DELETE /api/products/:sku/references/:id", { sku: "mug", id: references[0].id });
    const links = { links: [{ sku: "mug", url: "http://127.0.0.1:9/x.png" }] };
    const linked = (await ask("POST /api/enrolments/links", {}, links)).body.enrolments[0].id;
    const outcome = async () => (await ask("GET /api/enrolments/:id", { id: linked })).body.state;
    await expect.poll(outcome, { timeout: 30_000 }).toBe("refused");
    await ask("POST /api/enrolments/:id/:decision", { id: linked, decision: "retry" });
    await ask("GET /api/enrolments/batches");
    await ask("GET /api/enrolments/batches/:id", { id: begun.batch });
    await ask("GET /api/photos/:name", { name: begun.enrolments[0].picture.split("/").at(-1) });
    await ask("DELETE /api/products/:sku", mug);
  }, 90_000);

  test("of users, tokens and sessions are as described", async () => {
    const password = "correct horse battery";
    const setupToken = new URL(cloud.setupUrl ?? "").hash.slice(1);
    await ask("POST /api/setup", {}, { setupToken, name: "anna", password });
    const browser = new Browser(cloud);
    const session = await ask("POST /api/session", {}, { name: "anna", password }, browser);
    browser.csrfToken = session.body.csrfToken;
    await ask("GET /api/session", {}, undefined, browser);
    await ask("PUT /api/session/password", {}, { password, newPassword: "another long one" }, browser);
    await ask("DELETE /api/session", {}, undefined, browser);
    await ask("POST /api/users", {}, { name: "ben", role: "viewer", password });
    await ask("GET /api/users?limit=1");
    await ask("PATCH /api/users/:name", { name: "ben" }, { role: "editor" });
    await ask("POST /api/setup/links", {}, { user: "ben" });
    await ask("DELETE /api/users/:name", { name: "ben" });
    const { id } = (await ask("POST /api/tokens", {}, { name: "t", role: "viewer" })).body;
    await ask("GET /api/tokens");
    await ask("DELETE /api/tokens/:id", { id });
    await ask("GET /api/audit");
    await ask("GET /healthz");
    await ask("GET /metrics");
    await ask("GET /api/openapi.json");
    await ask("GET /api/docs");
  }, 60_000);

  test("of the fleet and of what lanes sent are as described", async () => {
    const lane = { store: "north", terminal: "lane-1" };
    const { code } = (await ask("POST /api/fleet/registrations", {}, lane)).body;
    await ask("POST /api/register", {}, { code });
    await ask("GET /api/fleet/terminals");
    await ask("GET /api/fleet/terminals/:store/:terminal", lane);
    await ask("PATCH /api/fleet/terminals/:store/:terminal", lane, { label: "At the door" });
    const command = { command: { do: "picture" } };
    const { id } = (await ask("POST /api/fleet/terminals/:store/:terminal/commands", lane, command)).body;
    await ask("GET /api/fleet/terminals/:store/:terminal/commands", lane);
    await ask("GET /api/fleet/commands/:id", { id });
    await ask("PUT /api/fleet/terminals/:store/:terminal/settings", lane, { storeName: "North" });
    await ask("GET /api/fleet/terminals/:store/:terminal/streams", lane);
    await ask("GET /api/fleet/mosquitto/passwords");
    await ask("GET /api/fleet/mosquitto/acl");
    const { manifest, weights, id: network } = printNetwork("print-2");
    const sent = await fetch(`${cloud.url}/api/models`, {
      ...{ method: "POST", body: modelForm(manifest, weights), headers: withToken(cloud.token) },
    });
    hold("POST /api/models", await sent.json());
    expect((await ask("GET /api/models")).body.models[0].id).toBe(network);
    const { lsn } = await cloud.catalog.state();
    const rollout = {
      ...{ name: "R", target: { kind: "catalog", lsn }, stages: [{ name: "all", groups: ["*"] }] },
    };
    await ask("PUT /api/fleet/terminals/:store/:terminal/settings", lane, { catalogLsn: lsn });
    const made = (await ask("POST /api/fleet/rollouts", {}, rollout)).body;
    await ask("GET /api/fleet/rollouts");
    await ask("GET /api/fleet/rollouts/:id", { id: made.id });
    await ask("POST /api/fleet/rollouts/:id/:action", { id: made.id, action: "start" });
    await ask("DELETE /api/fleet/terminals/:store/:terminal/credential", lane);
    for (const path of ["sales", "sales/totals", "sales/export", "events", "telemetry", "crops"])
      await ask(`GET /api/${path}`);
  }, 60_000);

  test("were asked of every route but those that need a lane's own pictures, and the WebSocket", () => {
    const missing = Object.keys(routeDocs).filter((route) => !seen.has(route));
    expect(missing.sort()).toEqual([
      "GET /api/crops/:id/picture",
      "GET /api/enrolments/live",
      "GET /api/fleet/terminals/:store/:terminal/picture",
    ]);
  });
});
