import { describeError, InvalidInputError } from "@tillsight/contracts";
// Reads a ZIP entry by entry from its directory, without unpacking it; MIT.
import yauzl from "yauzl";
import { maxPhotoBytes } from "../photo.js";
import { fileKind, isClutter, namesOf, unknownKind } from "./names.js";
import type { IngestItem, Ingestion } from "./source.js";

/** More is a mistake or an attack. */
const maxEntries = 100_000;

/** Every picture in a ZIP. Nothing is written anywhere, and no entry grows beyond a picture. @throws InvalidInputError */
export async function* fromZip(file: string): Ingestion {
  const zip = await open(file);
  try {
    if (zip.entryCount > maxEntries)
      throw new InvalidInputError(`${file} has ${zip.entryCount} entries`, "Cut it into several files.");
    for (;;) {
      const entry = await nextEntry(zip);
      if (!entry) return;
      const item = itemOf(zip, entry);
      if (item) yield item;
    }
  } finally {
    zip.close();
  }
}

function open(file: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(file, { lazyEntries: true, autoClose: false }, (cause, zip) => {
      if (zip) resolve(zip);
      else
        reject(
          new InvalidInputError(`${file} is no ZIP that can be read: ${cause?.message}`, "Pack it anew.", {
            cause,
          }),
        );
    });
  });
}

function nextEntry(zip: yauzl.ZipFile): Promise<yauzl.Entry | undefined> {
  return new Promise((resolve, reject) => {
    const end = (done: () => void) => {
      zip.removeAllListeners();
      done();
    };
    zip.once("entry", (entry: yauzl.Entry) => end(() => resolve(entry)));
    zip.once("end", () => end(() => resolve(undefined)));
    zip.once("error", (cause: Error) =>
      end(() =>
        reject(new InvalidInputError(`the ZIP is damaged: ${cause.message}`, "Pack it anew.", { cause })),
      ),
    );
    zip.readEntry();
  });
}

function itemOf(zip: yauzl.ZipFile, entry: yauzl.Entry): IngestItem | undefined {
  const { fileName: source, uncompressedSize } = entry;
  const kind = fileKind(source);
  if (source.endsWith("/") || isClutter(source) || kind === "noPicture") return undefined;
  if (kind === "otherPicture") return { kind: "problem", source, message: unknownKind(source) };
  if (entry.isEncrypted()) return { kind: "problem", source, message: "it is encrypted" };
  if (uncompressedSize > maxPhotoBytes)
    return { kind: "problem", source, message: `it has more than ${maxPhotoBytes / 2 ** 20} MiB` };
  return { kind: "photo", source, names: namesOf(source), bytes: () => unpack(zip, entry) };
}

/** The reader checks size and checksum against the directory as it goes. */
function unpack(zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(
        new InvalidInputError(
          `${entry.fileName} cannot be unpacked: ${describeError(cause)}`,
          "Pack it anew.",
          { cause },
        ),
      );
    zip.openReadStream(entry, (cause, stream) => {
      if (!stream) return fail(cause);
      const chunks: Uint8Array[] = [];
      stream.on("data", (chunk: Uint8Array) => chunks.push(chunk));
      stream.once("error", fail);
      stream.once("end", () => resolve(Buffer.concat(chunks)));
    });
  });
}
