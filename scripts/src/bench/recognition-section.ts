import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { analysePicture, Catalog, openNetworks, parseConfig } from "@tillsight/edge-daemon";
import type { Picture } from "@tillsight/models";
import { enrolDemoStore, stockLane } from "../lane/demo-catalog.js";
import { TrayRenderer } from "../virtual/renderer.js";
import { figure, quantile } from "./quantile.js";
import type { Row, Section } from "./report.js";
import { benchTrays } from "./trays.js";

const overheadBudget = 1.15;

type Networks = Awaited<ReturnType<typeof openNetworks>>;

interface Sample {
  readonly pipelineMs: number;
  readonly rawMs: number;
  readonly detectorMs: number;
  readonly embedderMs: number;
}

async function measure(picture: Picture, networks: Networks, catalog: Catalog): Promise<Sample> {
  const before = [networks.detector.rawTime().ms, networks.embedder.rawTime().ms] as const;
  const begun = performance.now();
  await analysePicture(picture, { ...networks, catalog });
  const pipelineMs = performance.now() - begun;
  const detectorMs = networks.detector.rawTime().ms - before[0];
  const embedderMs = networks.embedder.rawTime().ms - before[1];
  return { pipelineMs, rawMs: detectorMs + embedderMs, detectorMs, embedderMs };
}

/** What our own code adds to the networks' time on trays of ten goods at 1280 x 720. */
export async function recognitionSection(pictures: number, say: (text: string) => void): Promise<Section> {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-bench-"));
  const rows: Row[] = [];
  try {
    // Drawn beforehand: a camera takes neither the lane's time nor its caches.
    const renderer = new TrayRenderer(1);
    const trays: Picture[] = [];
    for (const [i, scene] of benchTrays(pictures + 3).entries()) trays.push(await renderer.render(scene, i));
    for (const threads of [1, 2]) {
      const networks = await openNetworks(parseConfig({ models: { threads } }, "the benchmark"));
      const catalog = new Catalog({
        dir: join(dir, String(threads)),
        embedderId: networks.embedder.info.id,
        size: networks.embedder.size,
      });
      await catalog.start();
      stockLane(catalog, await enrolDemoStore(networks, 5));
      const samples: Sample[] = [];
      for (const [i, tray] of trays.entries()) {
        const sample = await measure(tray, networks, catalog);
        // The first ones warm caches and the compiler up.
        if (i >= 3) samples.push(sample);
        say(`recognition, ${threads} thread(s): ${i + 1} of ${pictures + 3} trays`);
      }
      rows.push(...rowsOf(samples, threads));
      await catalog.stop();
      await networks.close();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  return { title: "Recognition of a 10-item tray, 1280 x 720", rows };
}

function rowsOf(samples: readonly Sample[], threads: number): Row[] {
  const median = (of: (s: Sample) => number): number => quantile(samples.map(of), 0.5);
  const ratio = quantile(
    samples.map((s) => s.pipelineMs / s.rawMs),
    0.5,
  );
  const on = `${threads} thread${threads === 1 ? "" : "s"}`;
  return [
    {
      what: `whole pipeline, ${on}, p50 / p95 of ${samples.length}`,
      measured: `${figure(median((s) => s.pipelineMs))} / ${figure(
        quantile(
          samples.map((s) => s.pipelineMs),
          0.95,
        ),
      )} ms`,
      reference: `its raw model calls ${figure(median((s) => s.rawMs))} ms: ${figure(ratio)} x`,
      budget: `<= ${overheadBudget} x`,
      met: ratio <= overheadBudget,
    },
    {
      what: `detector, one call, ${on}`,
      measured: `${figure(median((s) => s.detectorMs))} ms`,
      reference: "",
      budget: threads === 1 ? "<= 40 ms" : "",
      met: threads === 1 ? median((s) => s.detectorMs) <= 40 : null,
    },
    {
      what: `embedder, one batch of the tray's items, ${on}`,
      measured: `${figure(median((s) => s.embedderMs))} ms`,
      reference: "",
      budget: threads === 1 ? "<= 10 ms an item" : "",
      met: threads === 1 ? median((s) => s.embedderMs) <= 100 : null,
    },
  ];
}
