import { describe, expect, it } from "vitest";
import { gtinOf } from "./gs1.js";

const GS = "\u001d";
const cases: [name: string, format: string, text: string, want: string | null][] = [
  ["EAN-13", "EAN13", "4006381333931", "4006381333931"],
  ["EAN-13 with a wrong check digit", "EAN13", "4006381333932", null],
  ["EAN-8", "EAN8", "96385074", "96385074"],
  ["UPC-A", "UPCA", "036000291452", "036000291452"],
  ["UPC-E ending in 0..2", "UPCE", "01234505", "012000003455"],
  ["UPC-E ending in 3", "UPCE", "01234531", "012300000451"],
  ["UPC-E ending in 4", "UPCE", "01234543", "012340000053"],
  ["UPC-E ending in 5..9", "UPCE", "01234565", "012345000065"],
  ["DataBar as bracketed text", "DataBar", "(01)09506000134352", "09506000134352"],
  ["GS1-128 with the GTIN first", "Code128", "0109506000134352172512311", "09506000134352"],
  ["GS1-128 with the GTIN behind a date", "Code128", "172512310109506000134352", "09506000134352"],
  ["GS1-128 with the GTIN behind a batch", "Code128", `10AB12${GS}0109506000134352`, "09506000134352"],
  ["a batch that looks like a GTIN", "Code128", "100109506000134352", null],
  ["weight in front (310n)", "DataBarExp", "31030012500109506000134352", "09506000134352"],
  ["a leading FNC1", "DataMatrix", `${GS}0109506000134352${GS}21SER`, "09506000134352"],
  ["a Code 128 that is no GS1", "Code128", "HELLO", null],
  [
    "Digital Link with a path and a query",
    "QRCode",
    "https://shop.example/x/01/4006381333931/10/A?17=1",
    "4006381333931",
  ],
  ["a web address", "QRCode", "https://example.com/01/hello", null],
  ["nothing", "QRCode", "", null],
];

describe("the GTIN of a symbol", () => {
  it.each(cases)("%s", (_name, format, text, want) => {
    const gs1 = !["EAN13", "EAN8", "UPCA", "UPCE", "QRCode"].includes(format);
    expect(gtinOf({ format, text, gs1 })).toBe(want);
  });

  it("is not in a store's own label that only begins like one", () => {
    expect(gtinOf({ format: "Code128", text: "0109506000134352", gs1: false })).toBeNull();
  });
});
