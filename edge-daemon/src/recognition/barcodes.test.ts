import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Picture } from "@tillsight/models";
import { beforeAll, describe, expect, it } from "vitest";
import { prepareZXingModule, type WriterOptions, writeBarcode } from "zxing-wasm/writer";
import { type BarcodeReader, createBarcodeReader } from "./barcodes.js";

/** Draws a symbol of the given module size on a grey package, turned by quarter turns. */
async function drawn(text: string, format: string, quarterTurns = 0, gs1 = false): Promise<Picture> {
  const options: WriterOptions = {
    format: format as NonNullable<WriterOptions["format"]>,
    scale: 3,
    addQuietZones: true,
    ...(gs1 && { options: "gs1" }),
  };
  const { symbol } = await writeBarcode(text, options);
  const scale = 3;
  // A code of lines may come as a single row of modules; a square one never does.
  const flat = symbol.height < 20 && format !== "DataMatrix";
  const tall = flat ? 40 : symbol.height;
  const w = symbol.width * scale + 80;
  const h = tall * scale + 80;
  const upright = new Uint8Array(w * h * 3).fill(235);
  for (let y = 0; y < tall * scale; y++) {
    for (let x = 0; x < symbol.width * scale; x++) {
      const row = flat ? 0 : Math.floor(y / scale);
      const value = symbol.data[row * symbol.width + Math.floor(x / scale)] ?? 255;
      upright.fill(value ? 250 : 20, ((y + 40) * w + x + 40) * 3, ((y + 40) * w + x + 41) * 3);
    }
  }
  return turned({ width: w, height: h, data: upright }, quarterTurns);
}

function turned(picture: Picture, times: number): Picture {
  if (times === 0) return picture;
  const { width, height } = picture;
  const data = new Uint8Array(picture.data.length);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      data.set(
        picture.data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
        (x * height + (height - 1 - y)) * 3,
      );
  return turned({ width: height, height: width, data }, times - 1);
}

describe("barcodes on a package", () => {
  let reader: BarcodeReader;
  beforeAll(async () => {
    const wasm = await readFile(
      createRequire(import.meta.url).resolve("zxing-wasm/writer/zxing_writer.wasm"),
    );
    await prepareZXingModule({
      overrides: { wasmBinary: Uint8Array.from(wasm).buffer },
      fireImmediately: true,
    });
    reader = await createBarcodeReader();
  });

  it.each([
    ["EAN-13", "EAN13", "4006381333931", "4006381333931"],
    ["EAN-8", "EAN8", "96385074", "96385074"],
    ["UPC-A", "UPCA", "036000291452", "036000291452"],
    ["UPC-E", "UPCE", "01234565", "012345000065"],
  ])("%s is read, upright and turned", async (_name, format, text, want) => {
    for (const turns of [0, 1, 2]) {
      const [gtin] = await reader.read(await drawn(text, format, turns));
      expect(gtin?.padStart(14, "0")).toBe(want.padStart(14, "0"));
    }
  });

  it.each([
    ["GS1-128 with a batch and a date", "Code128", "(01)09506000134352(10)AB12(17)251231", true],
    ["DataBar on a piece of fruit", "DataBar", "09506000134352", false],
    ["DataBar Limited", "DataBarLtd", "09506000134352", false],
    ["DataBar Expanded with a weight", "DataBarExp", "(01)09506000134352(3103)001250", true],
    ["GS1 DataMatrix with a serial number", "DataMatrix", "(01)09506000134352(21)SER1234", true],
    ["GS1 QR code", "QRCode", "(01)09506000134352(21)SER", true],
  ])("%s gives its GTIN", async (_name, format, text, gs1) => {
    expect(await reader.read(await drawn(text, format, 0, gs1))).toEqual(["09506000134352"]);
  });

  it("a label of the store's own that begins with 01 is no GTIN", async () => {
    expect(await reader.read(await drawn("0109506000134352", "Code128"))).toEqual([]);
  });

  it("a GS1 Digital Link in a QR code gives its GTIN", async () => {
    const picture = await drawn("https://id.gs1.org/01/09506000134352/10/ABC", "QRCode");
    expect(await reader.read(picture)).toEqual(["09506000134352"]);
  });

  it("a QR code that is no product, and a plain surface, give nothing", async () => {
    expect(await reader.read(await drawn("https://example.com/menu", "QRCode"))).toEqual([]);
    expect(await reader.read({ width: 200, height: 100, data: new Uint8Array(60_000).fill(200) })).toEqual(
      [],
    );
  });
});
