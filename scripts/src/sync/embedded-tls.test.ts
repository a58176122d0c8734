import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type CloudSync, startCloudSync } from "@tillsight/cloud-sync";
import { type Finding, money, Product, Registration } from "@tillsight/contracts";
import { CatalogFollower, openCatalog } from "@tillsight/edge-daemon";
import { parsePublicKey } from "@tillsight/sync-protocol";
import mqtt from "mqtt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { call, openLaneEnd } from "../fleet/bench-fleet.js";
import { Undo } from "../lane/undo.js";
import { freePort } from "../prove/sync/mosquitto.js";
import { type Certificate, makeCertificate } from "./certificate.js";

const store = "store-1";
const embedderId = "test-embedder";
const patience = { timeout: 60_000, interval: 50 };
const main = fileURLToPath(new URL("../../../cloud-sync/dist/main.js", import.meta.url));

const undo = new Undo();
let dir: string;
let tls: Certificate;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-embedded-tls-"));
  undo.add(() => rmSync(dir, { recursive: true, force: true }));
  tls = makeCertificate(dir, "DNS:localhost,IP:127.0.0.1");
});
afterAll(() => undo.run());

const item = (name: string, cents: number): Product =>
  Product.parse({
    ...{ sku: name, name: `Item ${name}`, unit: "each", price: money(cents, "EUR"), taxRateBp: 700 },
    ...{ gtins: [], plu: null, tareGrams: 0, minAge: null },
  });

describe("an embedded broker with a certificate, open to every address", () => {
  let cloud: CloudSync;
  let port: number;
  beforeAll(async () => {
    const brokerTls = { cert: readFileSync(tls.cert, "utf8"), key: readFileSync(tls.key, "utf8") };
    port = await freePort();
    cloud = await startCloudSync({
      ...{ dataDir: join(dir, "cloud"), store, embedderId, brokerTls },
      ...{ brokerHost: "0.0.0.0", brokerPort: port, laneBrokerUrl: `mqtts://localhost:${port}` },
    });
    undo.add(() => cloud.stop());
  }, 120_000);

  test("a lane that registers is told its name, gets the catalog by TLS, sells and is seen", async () => {
    await cloud.catalog.putProduct(item("A", 100), "test");
    const invited = await call(cloud, "POST", "/api/fleet/registrations", { store, terminal: "lane-1" });
    const { json } = await call(cloud, "POST", "/api/register", { code: invited.json.code });
    const { brokerUrl, username, password, trustedKeys } = Registration.parse(json);
    expect(brokerUrl).toBe(`mqtts://localhost:${port}`);
    const url = brokerUrl ?? "";
    const access = { credentials: { username, password }, ca: tls.ca };
    const lane = join(dir, "lane-1");
    const catalog = await openCatalog({ dir: lane, embedderId, size: 32 });
    undo.add(() => catalog.stop());
    const follower = new CatalogFollower({
      ...{ catalog, store, terminal: "lane-1", dir: join(lane, "snapshot"), brokerUrl: url, ...access },
      trustedKeys: trustedKeys.map(parsePublicKey),
    });
    follower.start();
    undo.add(() => follower.stop());
    await expect.poll(() => catalog.productCount, patience).toBe(1);
    const end = openLaneEnd({ dir: lane, store, broker: { url, ...access } });
    undo.add(() => end.stop());
    end.sell(1, 2);
    const ask = async (path: string) => (await call(cloud, "GET", path)).json;
    await expect.poll(async () => (await ask("/api/sales")).sales.length, patience).toBe(2);
    expect((await ask(`/api/fleet/terminals/${store}/lane-1`)).presence).toBe("online");
    expect((await cloud.health()).state).toBe("ok");
  }, 120_000);

  test("whoever trusts the authority finds the certificate's name, whoever does not is warned", async () => {
    const handshake = (ca?: string): Promise<boolean> =>
      new Promise((resolve, reject) => {
        const socket = connect({ port, servername: "localhost", ...(ca === undefined ? {} : { ca }) });
        undo.add(() => socket.destroy());
        socket.once("secureConnect", () => resolve(socket.authorized));
        socket.once("error", reject);
      });
    expect(await handshake(tls.ca)).toBe(true);
    await expect(handshake()).rejects.toThrow(/certificate/);
  });

  test.each([
    ["nobody by a name that was not registered, though no option said so", "mqtts", { username: "guest" }],
    ["nobody without TLS", "mqtt", {}],
  ])(
    "lets in %s",
    async (_, scheme, access) => {
      const url = `${scheme}://localhost:${port}`;
      const options = { ...access, ca: tls.ca, reconnectPeriod: 0, connectTimeout: 5_000 };
      await expect(mqtt.connectAsync(url, options, false)).rejects.toThrow();
    },
    30_000,
  );
});

describe("by command line", () => {
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [main, ...args, "--data", join(dir, "data")]).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: "" }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );

  test("a broker for other machines without a certificate does not come up, and the options to give are named", async () => {
    const { code, stderr } = await run("--broker-host", "0.0.0.0");
    expect(code).toBe(1);
    expect(stderr).toMatch(/clear text.*--broker-cert and --broker-key/);
  }, 60_000);

  test("the doctor tells for whom the certificate is, and that lanes would refuse it under another name", async () => {
    const files = ["--broker-cert", tls.cert, "--broker-key", tls.key, "--broker-port", "0"];
    const look = async (lanes: string) => {
      const options = ["--broker-host", "0.0.0.0", "--lane-broker-url", lanes];
      const { stdout } = await run("doctor", "--json", ...files, ...options);
      return (JSON.parse(stdout) as Finding[]).find(({ check }) => check === "broker");
    };
    expect(await look("mqtts://localhost:7483")).toMatchObject({
      ...{ state: "warning", detail: expect.stringContaining("certificate ends on") },
    });
    expect(await look("mqtts://headquarters.example:7483")).toMatchObject({
      ...{ state: "failure", detail: expect.stringContaining("not for headquarters.example") },
    });
  }, 60_000);
});
