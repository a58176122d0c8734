import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type CloudSync, Override } from "@tillsight/cloud-sync";
import { money, type NodeName, Product, type Sku } from "@tillsight/contracts";
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

const elsewhere = "store-2" as NodeName;
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
  await setPrice(120);
  // The last change concerns another store: lanes of this one have everything, but never come to this LSN.
  await cloud.catalog.putStore(elsewhere);
  const own = Override.parse({ name: "Fresh milk" });
  const { lsn } = await cloud.catalog.putOverride(elsewhere, "milk" as Sku, own, "test");
  const usual = { soakSeconds: 1, timeoutSeconds: 60 };
  const body = (target: object) => ({
    ...{ name: "Friday", target: { kind: "catalog", ...target }, onError: "rollBack" },
    stages: [
      { name: "canary", groups: ["canary"], ...usual },
      { name: "rest", groups: ["*"], ...usual },
    ],
  });
  const made = await call(cloud, "POST", rollouts, body({ lsn }));
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
  expect((await call(cloud, "POST", rollouts, body({ lsn: bad.lsn, undoToLsn: bad.lsn }))).status).toBe(409);
  const undone = body({ lsn: bad.lsn, undoToLsn: bad.lsn - 1 });
  const second = (await call(cloud, "POST", rollouts, undone)).json.id;
  canary.fail();
  await call(cloud, "POST", `${rollouts}/${second}/start`);
  await expect
    .poll(async () => (await state(second)).status, { ...patience, timeout: 30_000 })
    .toBe("rolledBack");
  const { why, undoneLsn } = await state(second);
  expect(why).toContain("store-1/canary-1");
  // The price that was is sold again, by a new change that says why.
  expect([priceOn(canary.catalog), priceOn(rest.catalog)]).toEqual([120, 120]);
  for (const { catalog } of [canary, rest]) expect(catalog.lsn).toBe(undoneLsn);
  const [rollback] = (await call(cloud, "GET", "/api/rollbacks")).json.rollbacks;
  expect(rollback).toMatchObject({
    ...{ actor: "local", reason: expect.stringContaining("Friday"), report: { lsn: undoneLsn, skus: 1 } },
  });
  expect((await cloud.catalog.audit({ source: `rollback:${rollback.id}`, limit: 9 }))[0]).toMatchObject({
    ...{ lsn: undoneLsn, before: { price: { minor: 999 } }, after: { price: { minor: 120 } } },
  });
}, 120_000);
