import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ThreadedReader } from "./threaded-reader.js";

/** Speaks the thread's protocol; its answer depends on the first byte that it is asked about. */
const thread = `
const { parentPort } = require("node:worker_threads");
parentPort.on("message", ({ id, bytes }) => {
  if (bytes[0] === 1) process.exit(3);
  if (bytes[0] === 2) throw new Error("broken");
  if (bytes[0] === 3)
    return parentPort.postMessage({ id, failure: { code: "PHOTO_REFUSED", message: "no", fix: "another" } });
  if (bytes[0] === 4) return parentPort.postMessage({ id, failure: { code: "INTERNAL", message: "no", fix: "log" } });
  parentPort.postMessage({ id, reading: { width: bytes[0] } });
});
parentPort.postMessage({ embedderId: "e", match: 0.9 });
`;

let dir: string;
let reader: ThreadedReader;
const file = (name: string, text: string) => {
  writeFileSync(join(dir, name), text);
  return pathToFileURL(join(dir, name));
};
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "tillsight-thread-"));
  reader = await ThreadedReader.open({}, file("thread.cjs", thread));
});
afterAll(async () => {
  await reader.close();
  rmSync(dir, { recursive: true, force: true });
});
const ask = (byte: number) => reader.read(Uint8Array.of(byte));

test("it says whose vectors it makes, and answers each question with its own answer", async () => {
  expect([reader.embedderId, reader.match]).toEqual(["e", 0.9]);
  const widths = (await Promise.all([10, 20, 30].map(ask))).map(({ width }) => width);
  expect(widths).toEqual([10, 20, 30]);
});

test.each([
  ["exits", 1],
  ["throws", 2],
])("a thread that %s fails what it was asked, and the next question has a new one", async (_, byte) => {
  await expect(ask(byte)).rejects.toMatchObject({ code: "PHOTO_READER" });
  expect(await ask(40)).toMatchObject({ width: 40 });
});

test("a picture that is refused stays refused; another failure may be tried again", async () => {
  await expect(ask(3)).rejects.toMatchObject({ code: "PHOTO_REFUSED", fix: "another" });
  await expect(ask(4)).rejects.toMatchObject({ code: "PHOTO_READER" });
});

test("networks that cannot be opened are one clear error", async () => {
  const broken = ThreadedReader.open({}, file("broken.cjs", 'throw new Error("no weights")'));
  await expect(broken).rejects.toMatchObject({
    code: "PHOTO_READER",
    message: expect.stringContaining("no weights"),
  });
});

test("once closed it answers nothing more", async () => {
  const other = await ThreadedReader.open({}, file("thread.cjs", thread));
  await other.close();
  await expect(other.read(Uint8Array.of(9))).rejects.toMatchObject({ code: "PHOTO_READER" });
});
