import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudSync, postgresBinaries, startCloudSync, startPostgres } from "@tillsight/cloud-sync";
import { InvariantError, NodeName, Product, Sku } from "@tillsight/contracts";
// Loads an HTTP server from a thread of its own and keeps the latencies of every call; MIT, by fastify's people.
import autocannon from "autocannon";
import fastify from "fastify";
import { figure, quantile } from "./quantile.js";
import type { Row, Section } from "./report.js";

export interface ApiBenchSizes {
  readonly products: number;
  /** Of each measurement. */
  readonly seconds: number;
  readonly engines: readonly ("PGlite" | "PostgreSQL")[];
}

const connections = 10;

interface Load {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Processor time of a call, ms, of server and client together: other load on the machine does not change it much. */
  readonly cpuMs: number;
}

type Call = Pick<autocannon.Request, "method" | "path" | "body">;

/** @throws InvariantError when a call failed: its time would be none of a real answer */
async function load(
  url: string,
  calls: readonly Call[],
  seconds: number,
  headers: Record<string, string> = {},
  at = connections,
): Promise<Load> {
  const requests = calls.map((call) => ({
    ...{
      ...call,
      headers: { ...headers, ...(call.body === undefined ? {} : { "content-type": "application/json" }) },
    },
  }));
  const options = { url, connections: at, workers: 1, requests };
  // Both sides are to be compiled before they are measured.
  const warmUp = Math.floor(seconds / 2);
  if (warmUp > 0) await autocannon({ ...options, duration: warmUp });
  const before = process.cpuUsage();
  const result = await autocannon({ ...options, duration: seconds });
  const { user, system } = process.cpuUsage(before);
  const { latency, non2xx, errors } = result;
  const done = result["2xx"];
  if (non2xx + errors > 0 || done === 0)
    throw new InvariantError(`${non2xx + errors} of ${done + non2xx + errors} calls to ${url} failed`);
  return {
    perSecond: done / result.duration,
    p50: latency.p50,
    p99: latency.p99,
    cpuMs: (user + system) / 1000 / done,
  };
}

const skuOf = (i: number): string => `bench-${i}`;

async function stock(cloud: CloudSync, products: number): Promise<void> {
  for (let i = 0; i < products; i++)
    await cloud.catalog.putProduct(
      Product.parse({
        ...{ sku: skuOf(i), name: `Roasted coffee beans, kind ${i}`, unit: "each", taxRateBp: 700 },
        ...{
          price: { minor: 100 + i, currency: "EUR" },
          gtins: [],
          plu: null,
          tareGrams: 0,
          unitGrams: null,
          unitToleranceGrams: 0,
          minAge: null,
        },
      }),
      "bench",
    );
}

/** Each price is another one than the call before gave this product, so that every call is a change. */
const repricings = (products: number): Call[] =>
  [99, 89].flatMap((minor) =>
    Array.from({ length: products }, (_, i) => ({
      ...{ method: "PUT" as const, path: `/api/products/${skuOf(i)}/price` },
      body: JSON.stringify({ price: { minor, currency: "EUR" } }),
    })),
  );

/** A fastify that does nothing but answer the same bytes. */
async function bare(answer: string): Promise<{ url: string; close(): Promise<void> }> {
  const app = fastify();
  app.all("/*", (_, reply) => reply.type("application/json").send(answer));
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url, close: () => app.close() };
}

interface Case {
  readonly name: string;
  readonly calls: readonly Call[];
}

const casesOf = (products: number): Case[] => [
  {
    name: "GET /api/products/SKU",
    calls: Array.from({ length: products }, (_, i) => ({ method: "GET", path: `/api/products/${skuOf(i)}` })),
  },
  {
    name: "GET /api/products?search=coffee kind N",
    calls: Array.from({ length: products }, (_, i) => ({
      ...{ method: "GET", path: `/api/products?limit=20&search=coffee%20kind%20${i}` },
    })),
  },
  { name: "PUT /api/products/SKU/price", calls: repricings(products) },
];

const speed = ({ perSecond, p50, p99, cpuMs }: Load): string =>
  `${Math.round(perSecond).toLocaleString("en")}; ${figure(p50)} / ${figure(p99)} ms; ${figure(cpuMs)} ms`;

async function measure(
  engine: string,
  cloud: CloudSync,
  { products, seconds }: ApiBenchSizes,
  say: (text: string) => void,
): Promise<Row[]> {
  await stock(cloud, products);
  const admin = { authorization: `Bearer ${cloud.token}`, "content-type": "application/json" };
  const made = await fetch(`${cloud.url}/api/tokens`, {
    ...{ method: "POST", headers: admin, body: JSON.stringify({ name: "bench", role: "editor" }) },
  });
  const { token } = (await made.json()) as { token: string };
  const headers = { authorization: `Bearer ${token}` };
  const rows: Row[] = [];
  for (const { name, calls } of casesOf(products)) {
    const [first] = calls;
    const answer = await fetch(cloud.url + first?.path, {
      method: first?.method ?? "GET",
      headers: first?.body === undefined ? headers : { ...headers, "content-type": "application/json" },
      ...(first?.body === undefined ? {} : { body: String(first.body) }),
    });
    const reference = await bare(await answer.text());
    try {
      const own = await load(cloud.url, calls, seconds, headers);
      const plain = await load(reference.url, calls, seconds, headers);
      say(`${engine}, ${name}: ${speed(own)}; bare: ${speed(plain)}`);
      rows.push({
        ...{ what: `${name}, ${engine}: calls a second; p50 / p99; processor time`, measured: speed(own) },
        reference: `bare fastify, the same bytes ${speed(plain)}: ${figure(plain.perSecond / own.perSecond)} x as many, for ${figure(own.cpuMs / plain.cpuMs)} x less processor time`,
        ...{ budget: "", met: null },
      });
    } finally {
      await reference.close();
    }
  }
  return [...rows, await readRow(engine, cloud, products, seconds, headers)];
}

/** What of one call after the other is the database's. */
async function readRow(
  engine: string,
  cloud: CloudSync,
  products: number,
  seconds: number,
  headers: Record<string, string>,
): Promise<Row> {
  const times: number[] = [];
  for (let i = 0; i < products; i++) {
    const begun = performance.now();
    await cloud.catalog.product(Sku.parse(skuOf(i)));
    times.push(performance.now() - begun);
  }
  const calls = casesOf(products)[0]?.calls ?? [];
  const one = await load(cloud.url, calls, seconds, headers, 1);
  const reference = await bare("{}");
  const plain = await load(reference.url, calls, seconds, headers, 1).finally(() => reference.close());
  return {
    ...{
      what: `one read after the other, ${engine}: mean of a call`,
      measured: `${figure(1000 / one.perSecond)} ms`,
    },
    reference: `bare fastify ${figure(1000 / plain.perSecond)} ms; reading the product from the database alone, p50 ${figure(quantile(times, 0.5))} ms`,
    ...{ budget: "", met: null },
  };
}

/** Calls of the HTTP API by a program with a token, on both engines, against a bare fastify in the same run. */
export async function apiSection(sizes: ApiBenchSizes, say: (text: string) => void): Promise<Section> {
  const rows: Row[] = [];
  const run = async (engine: string, databaseUrl?: string) => {
    const dataDir = mkdtempSync(join(tmpdir(), "tillsight-bench-api-"));
    const cloud = await startCloudSync({
      ...{ dataDir, store: NodeName.parse("bench"), embedderId: "bench", databaseUrl },
      // What is measured is the work, not the brake.
      rateLimits: { perCaller: 1e9, perAddress: 1e9 },
    });
    try {
      rows.push(...(await measure(engine, cloud, sizes, say)));
    } finally {
      await cloud.stop();
      rmSync(dataDir, { recursive: true, force: true });
    }
  };
  if (sizes.engines.includes("PGlite")) await run("PGlite");
  if (sizes.engines.includes("PostgreSQL")) {
    if (!postgresBinaries()) say("PostgreSQL is not installed: only PGlite was measured");
    else {
      const server = await startPostgres({ durable: true });
      try {
        await run("PostgreSQL", await server.database());
      } finally {
        await server.stop();
      }
    }
  }
  const notes = [
    `${connections} connections from a thread of the same process; every write is a change with its LSN, its audit and its publishing, durable on PostgreSQL. Each call looks its token up. Processor time is of server and client together.`,
  ];
  return { title: "Headquarters' API", rows, notes };
}
