import { Gtin } from "@tillsight/contracts";
import { beforeEach, expect, it } from "vitest";
import { product } from "../catalog/test-helpers.js";
import { UnknownBarcodes } from "./unknown-barcodes.js";

const [cola, chips] = [Gtin.parse("4006381333931"), Gtin.parse("96385074")];
let sold: Set<string>;
let barcodes: UnknownBarcodes;
beforeEach(() => {
  sold = new Set();
  barcodes = new UnknownBarcodes({
    productByBarcode: (digits) => (sold.has(digits) ? product("A", { gtins: [digits] }) : undefined),
  });
});

it("a barcode that nobody sells is named once, however many items carry it", () => {
  barcodes.read("item-1", cola);
  barcodes.read("item-1", cola);
  barcodes.read("item-2", cola);
  barcodes.read("item-2", chips);
  expect(barcodes.now()).toEqual([cola, chips]);
});

it("a barcode of the catalog is no news", () => {
  sold.add(cola);
  barcodes.read("item-1", cola);
  expect(barcodes.now()).toEqual([]);
});

it("an item that is enrolled while it lies on the tray is known at once", () => {
  barcodes.read("item-1", cola);
  sold.add(cola);
  expect(barcodes.now()).toEqual([]);
});

it("an item that was taken away is forgotten, the others are not", () => {
  barcodes.read("item-1", cola);
  barcodes.read("item-2", chips);
  barcodes.onTray(["item-2", "item-3"]);
  expect(barcodes.now()).toEqual([chips]);
});
