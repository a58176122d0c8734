import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { LaneView } from "@tillsight/contracts";
import { defaultModelFolder } from "@tillsight/models";
import Database from "better-sqlite3";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const program = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
let dir: string;
/** A picture that can be read; what it shows does not matter. */
let redPng: Buffer;
beforeAll(async () => {
  redPng = await sharp({ create: { width: 64, height: 64, channels: 3, background: "red" } })
    .png()
    .toBuffer();
  dir = mkdtempSync(join(tmpdir(), "tillsight-bad-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A configuration that is right but for what a test changes: a still camera, a till port that exists. */
const config = (changes: object): string => {
  mkdirSync(join(dir, "pictures"), { recursive: true });
  const path = join(dir, `${Object.keys(changes).join("-")}-${process.hrtime.bigint()}.json`);
  const right = {
    dataDir: mkdtempSync(join(dir, "data-")),
    camera: { source: join(dir, "pictures") },
    till: { path: join(dir, "no-till") },
    kiosk: { port: 0 },
    models: { threads: 1 },
  };
  writeFileSync(path, JSON.stringify({ ...right, ...changes }));
  return path;
};

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** Runs the program until it ends by itself. */
const end = (args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (bytes: Buffer) => {
      stderr += bytes.toString();
    });
    child.once("close", (code) => resolve({ code, stderr }));
  });

/** A folder of models like the shipped one, changed by `spoil`. */
function spoiltModels(name: string, spoil: (folder: string) => void): string {
  const folder = join(dir, name);
  cpSync(defaultModelFolder, folder, { recursive: true });
  spoil(folder);
  return folder;
}

const changeManifest = (folder: string, change: (manifest: Record<string, unknown>) => void): void => {
  const name = readdirSync(folder).find((n) => /^tillsight-embedder-.*\.json$/.test(n));
  const path = join(folder, name ?? "");
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  change(manifest);
  writeFileSync(path, JSON.stringify(manifest));
};

describe("what cannot work ends at once with one line that names the fix", () => {
  const cases: [situation: string, args: () => string[], says: RegExp][] = [
    [
      "a configuration that is not there",
      () => ["-c", join(dir, "absent.json"), "run"],
      /cannot be read \(ENOENT\)\. Check that the file exists/,
    ],
    ["a configuration that is a folder", () => ["-c", dir, "run"], /cannot be read \(EISDIR\)/],
    [
      "a configuration with an unknown key",
      () => ["-c", config({ kamera: {} }), "run"],
      /kamera.*Correct the fields/,
    ],
    [
      "no models where the configuration says",
      () => ["-c", config({ models: { folder: join(dir, "pictures") } }), "run"],
      /MODEL_MISSING: .*Set models\.folder/,
    ],
    [
      "a model file with a flipped byte",
      () => {
        const folder = spoiltModels("flipped", (f) => {
          const path = join(f, "detector.onnx");
          const bytes = readFileSync(path);
          bytes[5000] = (bytes[5000] ?? 0) ^ 1;
          writeFileSync(path, bytes);
        });
        return ["-c", config({ models: { folder } }), "run"];
      },
      /detector\.onnx.*SHA-256/,
    ],
    [
      "a manifest that claims another embedding size",
      () => {
        const folder = spoiltModels("resized", (f) =>
          changeManifest(f, (m) => Object.assign(m, { embeddingSize: 128 })),
        );
        return ["-c", config({ models: { folder } }), "run"];
      },
      /256|128/,
    ],
    [
      "a data folder that is a file",
      () => {
        const path = join(dir, "file");
        writeFileSync(path, "");
        return ["-c", config({ dataDir: join(path, "data") }), "run"];
      },
      /data folder .* cannot be made.*Set dataDir/,
    ],
    [
      "a data folder that cannot be made, while an item is enrolled",
      () => {
        const path = join(dir, "another-file");
        writeFileSync(path, "");
        writeFileSync(join(dir, "red.png"), redPng);
        const item = ["--sku", "A", "--name", "A", "--price", "1"];
        return ["-c", config({ dataDir: join(path, "data") }), "enroll", join(dir, "red.png"), ...item];
      },
      /data folder .* cannot be made.*Set dataDir/,
    ],
    [
      "a journal that is another program's file",
      () => {
        const dataDir = mkdtempSync(join(dir, "foreign-"));
        mkdirSync(join(dataDir, "journal"));
        const db = new Database(join(dataDir, "journal", "lane.db"));
        db.exec("CREATE TABLE other (x)");
        db.close();
        return ["-c", config({ dataDir }), "run"];
      },
      /JOURNAL_FOREIGN/,
    ],
    ["an unknown command", () => ["sell"], /unknown command/],
    [
      "a price that is none",
      () => ["enroll", "x.jpg", "--sku", "A", "--name", "A", "--price", "cheap"],
      /minor units/,
    ],
    [
      "a picture that is not there",
      () => ["-c", config({}), "enroll", join(dir, "x.jpg"), "--sku", "A", "--name", "A", "--price", "1"],
      /there is no picture .*x\.jpg.*Check the name/,
    ],
    [
      "a picture that is none",
      () => {
        writeFileSync(join(dir, "notes.jpg"), "milk, bread");
        const photo = join(dir, "notes.jpg");
        return ["-c", config({}), "enroll", photo, "--sku", "A", "--name", "A", "--price", "1"];
      },
      /notes\.jpg is not a picture that can be read.*Give JPEG/,
    ],
  ];
  it.each(cases)("%s", async (_situation, args, says) => {
    const { code, stderr } = await end(args());
    expect(stderr).toMatch(says);
    expect(code).not.toBe(0);
    // Commander may add "Did you mean …?" and where the help is.
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(3);
  });

  it("a kiosk port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    const { code, stderr } = await end(["-c", config({ kiosk: { port } }), "run"]);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`${port}.*in use`));
  });
});

describe("what may come back does not keep the lane from starting, and is shown with its fix", () => {
  const started = async (configPath: string): Promise<{ child: ChildProcess; url: string }> => {
    const child = spawn(process.execPath, [program, "-c", configPath, "run"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const url = await new Promise<string>((resolve) => {
      child.stdout?.on("data", (bytes: Buffer) => {
        const found = /"url":"(http[^"]+)"/.exec(bytes.toString());
        if (found?.[1]) resolve(found[1]);
      });
    });
    return { child, url };
  };
  const noticesOf = async (url: string) =>
    LaneView.parse(await (await fetch(`${url}api/lane`)).json()).notices;

  it("a camera and a till that are not there", async () => {
    const { child, url } = await started(
      config({ camera: { source: "/dev/video97" }, till: { path: "/dev/ttyUSB97" } }),
    );
    try {
      await expect
        .poll(async () => (await noticesOf(url)).map((n) => n.code), { timeout: 15_000 })
        .toEqual(expect.arrayContaining(["CAMERA_UNPLUGGED", "TILL_OFFLINE"]));
      const notices = await noticesOf(url);
      expect(notices.find((n) => n.code === "CAMERA_UNPLUGGED")?.text).toMatch(/video97/);
      expect(notices.find((n) => n.code === "TILL_OFFLINE")?.text).toMatch(/ttyUSB97/);
      for (const { fix } of notices) expect(fix.length).toBeGreaterThan(10);
      expect((await fetch(`${url}readyz`)).status).toBe(503);
      expect((await fetch(`${url}tray.jpg`)).status).toBe(503);
    } finally {
      child.kill("SIGTERM");
    }
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  });
});
