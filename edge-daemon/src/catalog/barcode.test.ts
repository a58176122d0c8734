import { expect, test } from "vitest";
import { barcodeKey, barcodeKeys } from "./barcode.js";
import { product } from "./test-helpers.js";

test.each([
  ["a GTIN-13", "4006381333931", "g04006381333931"],
  ["the same as GTIN-14", "04006381333931", "g04006381333931"],
  ["a UPC-A, and as a scanner that sends EAN-13 reads it", "012345678905", "g00012345678905"],
  ["a UPC-A without its leading zero", "12345678905", "g00012345678905"],
  ["a GTIN-8", "96385074", "g00000096385074"],
  ["a PLU", "4011", "p4011"],
  ["a PLU filled up to five digits", "04011", "p4011"],
  ["an organic PLU", "94011", "p94011"],
  ["letters", "40A1", undefined],
  ["nothing", "", undefined],
  ["zeros", "0000", undefined],
  ["too many digits", "123456789012345", undefined],
])("%s: %s", (_, digits, key) => {
  expect(barcodeKey(digits)).toBe(key);
});

test("a product's GTIN listed in two lengths is one key", () => {
  const item = product("A", { gtins: ["4006381333931", "04006381333931"], plu: "4011" });
  expect([...barcodeKeys(item).keys()]).toEqual(["g04006381333931", "p4011"]);
});
