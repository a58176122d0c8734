import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { CloudSync } from "@tillsight/cloud-sync";
import { money, Product, type Sku } from "@tillsight/contracts";
import { type Catalog, CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import { parsePublicKey } from "@tillsight/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Undo } from "../lane/undo.js";
import { call, embedderId, type LaneEnd, openHeadquarters, openLaneEnd, store } from "./bench-fleet.js";

const patience = { timeout: 20_000, interval: 50 };
const undo = new Undo();
let dir: string;
let cloud: CloudSync;

beforeAll(async () => {
  ({ dir, cloud } = await openHeadquarters(undo));
}, 60_000);
afterAll(() => undo.run());

/** A lane that follows the catalog as far as headquarters lets it, and reports how far it is. */
async function lane(terminal: string): Promise<{ end: LaneEnd; catalog: Catalog; fail(): void }> {
  const folder = join(dir, terminal);
  mkdirSync(folder);
  const catalog = await openCatalog({ dir: join(folder, "catalog"), embedderId, size: 32 });
  let hold: number | null = null;
  let health: "ok" | "failed" = "ok";
  const { brokerUrl, publicKey } = cloud;
  const follower = new CatalogFollower({
    ...{ catalog, brokerUrl, store, terminal, dir: join(folder, "chunks"), hold: () => hold },
    trustedKeys: [parsePublicKey(publicKey)],
  });
  follower.start();
  undo.add(async () => {
    await follower.stop();
    await catalog.stop();
  });
  const end = openLaneEnd({
    ...{ dir: folder, terminal, broker: { url: brokerUrl } },
    lsn: () => catalog.lsn,
    health: () => health,
    onSettings: (settings) => {
      hold = (settings as { catalogLsn?: number }).catalogLsn ?? null;
    },
  });
  undo.add(() => end.stop());
  const fail = () => {
    health = "failed";
  };
  return { end, catalog, fail };
}

const rollouts = "/api/fleet/rollouts";
const state = async (id: string) => (await call(cloud, "GET", `${rollouts}/${id}`)).json.state;
const setPrice = (cents: number) => cloud.catalog.setPrice("milk" as Sku, money(cents, "EUR"), "test");
const priceOn = (catalog: Catalog) => catalog.product("milk" as Sku)?.price.minor;

test("prices come to the canary first, to the rest once it is well, and not at all where it fails", async () => {
  await cloud.catalog.putProduct(
    Product.parse({
      ...{ sku: "milk", name: "Milk", unit: "each", price: money(100, "EUR"), taxRateBp: 700 },
      ...{ gtins: [], plu: null, tareGrams: 0, unitGrams: null, unitToleranceGrams: 0, minAge: null },
    }),
    "test",
  );
  const canary = await lane("canary-1");
  const rest = await lane("rest-1");
  const path = (name: string) => `/api/fleet/terminals/${store}/${name}`;
  for (const [name, { catalog }] of [
    ["canary-1", canary],
    ["rest-1", rest],
  ] as const) {
    await expect.poll(() => priceOn(catalog), patience).toBe(100);
    await expect
      .poll(async () => (await call(cloud, "GET", path(name))).json?.beat?.lsn, patience)
      .toBe(catalog.lsn);
    await call(cloud, "PATCH", path(name), { group: name.split("-")[0] });
    // Frozen, so that what is changed next reaches nobody before its turn.
    await call(cloud, "PUT", `${path(name)}/settings`, { catalogLsn: catalog.lsn });
    await expect
      .poll(async () => (await call(cloud, "GET", path(name))).json.settings.reported?.version, patience)
      .toBe(1);
  }
  const { lsn } = await setPrice(120);
  const usual = { soakSeconds: 1, timeoutSeconds: 60 };
  const body = (target: number, onError: string) => ({
    ...{ name: "Friday", target: { kind: "catalog", lsn: target }, onError },
    stages: [
      { name: "canary", groups: ["canary"], ...usual },
      { name: "rest", groups: ["*"], ...usual },
    ],
  });
  const made = await call(cloud, "POST", rollouts, body(lsn, "rollBack"));
  expect([made.status, made.json.plan?.stages.map((s: { terminals: string[] }) => s.terminals)]).toEqual([
    201,
    [["store-1/canary-1"], ["store-1/rest-1"]],
  ]);
  const { id } = made.json;
  expect(priceOn(canary.catalog)).toBe(100);
  expect((await call(cloud, "POST", `${rollouts}/${id}/start`)).json.state.status).toBe("running");
  await expect.poll(() => priceOn(canary.catalog), patience).toBe(120);
  expect(priceOn(rest.catalog)).toBe(100);
  await expect.poll(() => priceOn(rest.catalog), { ...patience, timeout: 30_000 }).toBe(120);
  await expect.poll(async () => (await state(id)).status, { ...patience, timeout: 30_000 }).toBe("done");
  expect((await call(cloud, "POST", `${rollouts}/${id}/start`)).status).toBe(409);

  // And once more, with a canary that does not bear it.
  const freeze = rest.catalog.lsn;
  for (const name of ["canary-1", "rest-1"])
    await call(cloud, "PUT", `${path(name)}/settings`, { catalogLsn: freeze });
  await expect
    .poll(async () => (await call(cloud, "GET", path("rest-1"))).json.settings.desired.catalogLsn, patience)
    .toBe(freeze);
  await new Promise((resolve) => setTimeout(resolve, 300));
  const bad = await setPrice(999);
  const second = (await call(cloud, "POST", rollouts, body(bad.lsn, "rollBack"))).json.id;
  canary.fail();
  await call(cloud, "POST", `${rollouts}/${second}/start`);
  await expect
    .poll(async () => (await state(second)).status, { ...patience, timeout: 30_000 })
    .toBe("rollingBack");
  expect((await state(second)).why).toContain("store-1/canary-1");
  expect(priceOn(rest.catalog)).toBe(120);
}, 120_000);
