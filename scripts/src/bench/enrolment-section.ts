import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { type PhotoReader, photoReader, startCloudSync, ThreadedReader } from "@tillsight/cloud-sync";
import { NodeName } from "@tillsight/contracts";
import { openNetworks, parseConfig } from "@tillsight/edge-daemon";
import sharp from "sharp";
import { referencePhotos } from "../virtual/reference-photos.js";
import { demoStore } from "../virtual/store.js";
import { figure } from "./quantile.js";
import type { Row, Section } from "./report.js";

const threads = 2;
/** In one request. */
const page = 5;

interface Shot {
  readonly sku: string;
  readonly jpeg: Buffer;
}

interface Run {
  readonly wallMs: number;
  /** Longest that the event loop of the HTTP API was held up. */
  readonly heldMs: number;
  readonly done: number;
}

/** Photos of the demo store's goods as a phone gives them, `width` pixels wide. */
async function shots(count: number, width: number): Promise<Shot[]> {
  const taken: Shot[] = [];
  for (let i = 0; taken.length < count; i++) {
    const item = demoStore[i % demoStore.length];
    for (const { width: w, height: h, data } of item ? await referencePhotos(item, page, 1 + i) : []) {
      const picture = sharp(data, { raw: { width: w, height: h, channels: 3 } }).resize({ width });
      taken.push({ sku: item?.product.sku ?? "", jpeg: await picture.jpeg({ quality: 88 }).toBuffer() });
    }
  }
  return taken.slice(0, count);
}

/** Upload to verdict, over HTTP, as a console does it. */
async function enrol(reader: PhotoReader, list: readonly Shot[]): Promise<Run> {
  const dataDir = mkdtempSync(join(tmpdir(), "tillsight-bench-"));
  const cloud = await startCloudSync({
    ...{ dataDir, store: NodeName.parse("bench"), embedderId: reader.embedderId, photoReader: reader },
  });
  try {
    for (const { product } of demoStore) await cloud.catalog.putProduct(product, "bench");
    const batch = "00000000-0000-4000-8000-000000000001";
    const headers = { authorization: `Bearer ${cloud.token}` };
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const begun = performance.now();
    for (let at = 0; at < list.length; at += page) {
      const some = list.slice(at, at + page);
      const body = new FormData();
      for (const [i, { jpeg }] of some.entries())
        body.append("photo", new Blob([new Uint8Array(jpeg)]), `${i}.jpg`);
      const answer = await fetch(`${cloud.url}/api/products/${some[0]?.sku}/photos?batch=${batch}`, {
        ...{ method: "POST", body, headers },
      });
      await answer.body?.cancel();
    }
    const counts = async () =>
      (
        (await (await fetch(`${cloud.url}/api/enrolments/batches/${batch}`, { headers })).json()) as {
          counts: Record<string, number>;
        }
      ).counts;
    let now = await counts();
    for (; (now.queued ?? 0) + (now.running ?? 0) > 0; now = await counts()) await sleep(20);
    const wallMs = performance.now() - begun;
    delay.disable();
    return { wallMs, heldMs: delay.max / 1e6, done: (now.enrolled ?? 0) + (now.held ?? 0) };
  } finally {
    await cloud.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Photos a minute from upload to verdict, against the networks' own time on the same photos. */
export async function enrolmentSection(photos: number, say: (text: string) => void): Promise<Section> {
  const networks = await openNetworks(parseConfig({ models: { threads } }, "the benchmark"));
  const own = photoReader(networks.detector, networks.embedder, networks.print);
  const reader = await ThreadedReader.open({ threads });
  const rows: Row[] = [];
  try {
    for (const [width, name] of [
      [800, "0.5 megapixels"],
      [4000, "12 megapixels"],
    ] as const) {
      const list = await shots(photos, width);
      await own.read(list[0]?.jpeg ?? new Uint8Array());
      let rawMs = 0;
      for (const { jpeg } of list) rawMs += (await own.read(jpeg)).inferenceMs;
      say(`enrolment, ${name}: the networks alone took ${figure(rawMs / list.length)} ms a photo`);
      const threaded = await enrol(reader, list);
      say(`enrolment, ${name}: ${figure(threaded.wallMs / list.length)} ms a photo in all`);
      const inline = await enrol(own, list);
      rows.push(...rowsOf(name, list.length, rawMs, threaded, inline));
    }
  } finally {
    await reader.close();
    await networks.close();
  }
  const notes = [
    "Upload, storing, queue, decoding, quality, detection, embedding, conflicts and the change itself, by one copy on PGlite; the uploading client shares the machine.",
  ];
  return { title: "Enrolment of photos", rows, notes };
}

const aMinute = (photos: number, ms: number): string => figure((photos * 60_000) / ms);

function rowsOf(name: string, photos: number, rawMs: number, threaded: Run, inline: Run): Row[] {
  return [
    {
      what: `photos of ${name} a minute, upload to verdict, ${threaded.done} of ${photos}`,
      measured: aMinute(photos, threaded.wallMs),
      reference: `its raw model calls ${aMinute(photos, rawMs)}: ${figure(threaded.wallMs / rawMs)} x the time`,
      budget: "",
      met: null,
    },
    {
      what: `longest hold-up of the HTTP event loop meanwhile, ${name}`,
      measured: `${figure(threaded.heldMs)} ms`,
      reference: `with the networks in the same thread ${figure(inline.heldMs)} ms`,
      budget: "",
      met: null,
    },
  ];
}
