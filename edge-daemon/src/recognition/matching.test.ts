import type { Sku } from "@tillsight/contracts";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../config/load.js";
import { defaultPrices } from "../domain/recognition/prices.js";
import { noEvidence } from "../domain/recognition/votes.js";
import type { CatalogReader } from "../ports/catalog.js";
import { nearReferences, withFrame } from "./matching.js";
import { scriptedCatalog } from "./testing/scene.js";

const vector = new Float32Array(4);
const many = (perProduct: number, products: number) => {
  const asked: number[] = [];
  const nearest: CatalogReader["nearest"] = (_, k) => {
    asked.push(k);
    return Array.from({ length: Math.min(k, perProduct * products) }, (_none, i) => ({
      ...{ sku: `p${Math.floor(i / perProduct)}` as Sku, referenceId: `r${i}`, score: 1 - i / 1000 },
    }));
  };
  return { asked, products: new Set(nearReferences(vector, { nearest }).map(({ sku }) => sku)).size };
};

describe("references that an item is compared with", () => {
  it.each([
    ["a few references of each product: asked once", 3, 20, [16], 6],
    ["products with many references: asked again for more", 12, 20, [16, 64], 6],
    ["a catalog smaller than what is asked for: asked once", 5, 2, [16], 2],
  ])("%s", (_name, perProduct, products, wantAsked, wantProducts) => {
    expect(many(perProduct, products)).toEqual({ asked: wantAsked, products: wantProducts });
  });

  it("nobody asks about neighbours for a network without calibration", () => {
    const catalog = { ...scriptedCatalog(["apple"]), surroundings: () => expect.unreachable("asked") };
    const near = [{ sku: "apple" as Sku, referenceId: "apple-1", score: 0.9 }];
    expect(withFrame(noEvidence, near, { catalog, embedder: {} }).votes[0]?.about).toBeNull();
  });
});

it("prices that are left out are the settings' defaults", () => {
  expect(parseConfig({}, "the defaults").recognition.prices).toEqual(defaultPrices);
});
