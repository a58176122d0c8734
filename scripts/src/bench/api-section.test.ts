import { expect, it } from "vitest";
import { apiSection } from "./api-section.js";

it("a second of each load has an answer to every call, and each row its reference", async () => {
  const { rows } = await apiSection({ products: 20, seconds: 1, engines: ["PGlite"] }, () => {});
  expect(rows.map(({ what }) => what.split(",")[0])).toEqual([
    "GET /api/products/SKU",
    "GET /api/products?search=coffee kind N",
    "PUT /api/products/SKU/price",
    "one read after the other",
  ]);
  for (const { measured, reference } of rows) {
    expect(measured).toMatch(/[1-9]/);
    expect(reference).toMatch(/bare fastify, the same bytes [\d,]+;|reading the product/);
  }
}, 120_000);
