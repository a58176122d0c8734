import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startCloudSync } from "@tillsight/cloud-sync";
import { InvariantError, NodeName, Sku } from "@tillsight/contracts";
import { networkId, readModel } from "@tillsight/models";
import sharp from "sharp";
import { createRandom } from "../virtual/random.js";
import { referencePhotos } from "../virtual/reference-photos.js";
import { type DemoProduct, demoStore } from "../virtual/store.js";

export interface EnrolKill9Options {
  readonly kills: number;
  readonly seed: number;
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface EnrolKill9Report {
  readonly photos: number;
  readonly kills: number;
  /** Jobs that are over, and those that became references. */
  readonly done: number;
  readonly enrolled: number;
  readonly references: number;
  /** Changes of the log that made references: more than references were some made twice. */
  readonly changes: number;
  readonly passed: boolean;
}

const main = fileURLToPath(new URL("./main.js", import.meta.resolve("@tillsight/cloud-sync")));
const perProduct = 4;

/** `cloud-sync enrol` in a process of its own, killed at a random point or left to its end. */
async function run(args: readonly string[], killAfterMs: number | undefined): Promise<number | null> {
  const child = spawn(process.execPath, [main, ...args], { stdio: "ignore" });
  const exit = once(child, "exit") as Promise<[number | null]>;
  if (killAfterMs !== undefined) {
    await Promise.race([sleep(killAfterMs), exit]);
    child.kill("SIGKILL");
  }
  return (await exit)[0];
}

async function writeGoods(dir: string, goods: readonly DemoProduct[]): Promise<string> {
  const folder = join(dir, "photos");
  mkdirSync(folder);
  for (const item of goods)
    for (const [i, photo] of (await referencePhotos(item, perProduct)).entries()) {
      const { width, height, data } = photo;
      const jpeg = await sharp(data, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 90 })
        .toBuffer();
      writeFileSync(join(folder, `${item.product.sku}_${i + 1}.jpg`), jpeg);
    }
  const lines = goods.map(({ product }) => JSON.stringify(product));
  writeFileSync(join(dir, "goods.jsonl"), `${lines.join("\n")}\n`);
  return folder;
}

/** Enrols a folder while its process is killed again and again: at the end every photo is one reference, none two. */
export async function proveEnrolKill9(options: EnrolKill9Options): Promise<EnrolKill9Report> {
  const { kills, seed, say, signal } = options;
  const dir = mkdtempSync(join(tmpdir(), "tillsight-enrol-"));
  try {
    const random = createRandom(seed);
    const goods = demoStore.slice(0, Math.max(4, Math.ceil(kills / 2)));
    const photos = await writeGoods(dir, goods);
    const data = join(dir, "data");
    if ((await run(["import", join(dir, "goods.jsonl"), "--data", data], undefined)) !== 0)
      throw new InvariantError("the goods of the proof cannot be imported");
    const args = ["enrol", photos, "--data", data, "--batch", randomUUID()];
    let killed = 0;
    // A run that has nothing left to do ends by itself; so the window grows with what starting takes here.
    for (let window = 1_500; killed < kills; window = Math.min(8_000, window + 500)) {
      signal.throwIfAborted();
      const code = await run(args, random.between(0.2, 1) * window);
      killed++;
      say(`${killed} of ${kills} kills${code === null ? "" : " (it had ended)"}`);
      if (code !== null) break;
    }
    await run(args, undefined);
    return await verdict(data, goods, killed);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function verdict(
  dataDir: string,
  goods: readonly DemoProduct[],
  kills: number,
): Promise<EnrolKill9Report> {
  const embedderId = networkId((await readModel("embedder")).manifest);
  const cloud = await startCloudSync({ dataDir, store: NodeName.parse("proof"), embedderId });
  try {
    const answer = await fetch(`${cloud.url}/api/enrolments?limit=500`, {
      headers: { authorization: `Bearer ${cloud.token}` },
    });
    const { enrolments } = (await answer.json()) as { enrolments: { id: string; state: string }[] };
    const enrolled = enrolments.filter(({ state }) => state === "enrolled");
    const ids: string[] = [];
    let changes = 0;
    for (const { product } of goods) {
      ids.push(...(await cloud.catalog.referencesOf(Sku.parse(product.sku))).map(({ id }) => id));
      const log = await cloud.catalog.audit({ sku: product.sku, kind: "reference", limit: 200 });
      changes += log.length;
    }
    const photos = goods.length * perProduct;
    const over = enrolments.filter(({ state }) => ["enrolled", "held", "refused"].includes(state)).length;
    const same = new Set([...ids, ...enrolled.map(({ id }) => id)]).size === ids.length;
    const passed =
      enrolments.length === photos &&
      over === photos &&
      same &&
      ids.length === enrolled.length &&
      changes === ids.length;
    return { photos, kills, done: over, enrolled: enrolled.length, references: ids.length, changes, passed };
  } finally {
    await cloud.stop();
  }
}

export const enrolKill9Table = (r: EnrolKill9Report): string =>
  [
    "| photos | kills | over | enrolled | references | changes that made them | proved |",
    "|---|---|---|---|---|---|---|",
    `| ${r.photos} | ${r.kills} | ${r.done} | ${r.enrolled} | ${r.references} | ${r.changes} | ${r.passed ? "yes" : "**no**"} |`,
  ].join("\n");
