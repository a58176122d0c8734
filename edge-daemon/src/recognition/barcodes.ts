import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Gtin } from "@tillsight/contracts";
import type { Picture } from "@tillsight/models";
// Reader only: the writer would double the size. zxing-cpp reads every symbology that retail uses.
import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import { gtinOf } from "../domain/recognition/gs1.js";

/** Reads the GTINs that a picture shows; never rejects for a picture without any. */
export interface BarcodeReader {
  read(picture: Picture): Promise<Gtin[]>;
}

const options: ReaderOptions = {
  formats: [
    "EAN13",
    "EAN8",
    "UPCA",
    "UPCE",
    "DataBar",
    "DataBarLtd",
    "DataBarExp",
    "Code128",
    "DataMatrix",
    "QRCode",
  ],
  tryHarder: true,
  tryRotate: true,
  tryInvert: false,
  tryDownscale: true,
  // Printed texture looks like two matching lines now and then, hardly ever like three.
  minLineCount: 3,
  maxNumberOfSymbols: 4,
  textMode: "Plain",
};

function toRgba(picture: Picture): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(picture.width * picture.height * 4);
  const { data } = picture;
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from] as number;
    rgba[to + 1] = data[from + 1] as number;
    rgba[to + 2] = data[from + 2] as number;
    rgba[to + 3] = 255;
  }
  return rgba;
}

/** Loads the decoder from the installed package: the library's own default would fetch it from a CDN. */
export async function createBarcodeReader(): Promise<BarcodeReader> {
  const path = createRequire(import.meta.url).resolve("zxing-wasm/reader/zxing_reader.wasm");
  const binary = await readFile(path);
  const wasmBinary = binary.buffer.slice(
    binary.byteOffset,
    binary.byteOffset + binary.byteLength,
  ) as ArrayBuffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
  return {
    async read(picture) {
      const { width, height } = picture;
      const found = await readBarcodes({ width, height, data: toRgba(picture), colorSpace: "srgb" }, options);
      const gtins = found
        .filter((r) => r.isValid)
        .map(({ format, text, contentType }) => gtinOf({ format, text, gs1: contentType === "GS1" }));
      return [...new Set(gtins.filter((g): g is Gtin => g !== null))];
    },
  };
}
