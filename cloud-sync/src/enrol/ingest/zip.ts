import { describeError, InvalidInputError } from "@tillsight/contracts";
// Reads a ZIP entry by entry from its directory, without unpacking it; MIT.
import yauzl from "yauzl";
import { maxPhotoBytes } from "../photo.js";
import { fileKind, isClutter, namesOf, unknownKind } from "./names.js";
import type { IngestItem, Ingestion } from "./source.js";

export interface ZipLimits {
  /** What people call the file; its path unless it is said. */
  readonly name?: string;
  /** More is a mistake or an attack. */
  readonly entries?: number;
  /** All pictures together, unpacked. */
  readonly bytes?: number;
}

/**
 * Every picture in a ZIP. Nothing is written anywhere, no entry grows beyond a picture, and the directory is read to
 * its end before the first one is given.
 *
 * @throws InvalidInputError
 */
export async function* fromZip(file: string, limits: ZipLimits = {}): Ingestion {
  const { name = file } = limits;
  const zip = await open(file, name);
  try {
    const entries = await directoryOf(zip, name, limits);
    for (const entry of entries) {
      const item = itemOf(zip, entry);
      if (item) yield item;
    }
  } finally {
    zip.close();
  }
}

/** What it holds, as its directory says; the reader holds each entry to that. @throws InvalidInputError */
async function directoryOf(zip: yauzl.ZipFile, name: string, limits: ZipLimits): Promise<yauzl.Entry[]> {
  const { entries: mostEntries = 100_000, bytes: mostBytes = Number.POSITIVE_INFINITY } = limits;
  const fix = "Cut it into several files.";
  if (zip.entryCount > mostEntries)
    throw new InvalidInputError(`${name} has ${zip.entryCount} entries, ${mostEntries} are taken`, fix);
  const entries: yauzl.Entry[] = [];
  let bytes = 0;
  for (let entry = await nextEntry(zip); entry; entry = await nextEntry(zip)) {
    entries.push(entry);
    if (itemOf(zip, entry)?.kind === "photo") bytes += entry.uncompressedSize;
  }
  if (bytes > mostBytes)
    throw new InvalidInputError(
      `the pictures in ${name} have ${Math.ceil(bytes / 2 ** 20)} MiB, ${mostBytes / 2 ** 20} are taken`,
      fix,
    );
  return entries;
}

function open(file: string, name: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    yauzl.open(file, { lazyEntries: true, autoClose: false }, (cause, zip) => {
      if (zip) resolve(zip);
      else
        reject(
          new InvalidInputError(`${name} is no ZIP that can be read: ${cause?.message}`, "Pack it anew.", {
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
