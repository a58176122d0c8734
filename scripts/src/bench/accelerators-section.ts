import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeError } from "@tillsight/contracts";
import { analysePicture, Catalog, openNetworks, parseConfig } from "@tillsight/edge-daemon";
import { knownProviders, type Picture, type Provider } from "@tillsight/models";
import { enrolDemoStore, stockLane } from "../lane/demo-catalog.js";
import { TrayRenderer } from "../virtual/renderer.js";
import { type Agreement, agreementOn, joined, nothingCompared, type Seen } from "./agreement.js";
import { figure } from "./quantile.js";
import type { Row, Section } from "./report.js";
import { benchTrays } from "./trays.js";

type Networks = Awaited<ReturnType<typeof openNetworks>>;

interface Run {
  readonly seen: readonly Seen[];
  /** Inside ONNX Runtime for one picture, ms; the first picture left out. */
  readonly rawMs: number;
}

const rawOf = ({ detector, embedder, print }: Networks): number =>
  detector.rawTime().ms + embedder.rawTime().ms + (print?.rawTime().ms ?? 0);

async function look(networks: Networks, catalog: Catalog, pictures: readonly Picture[]): Promise<Run> {
  const seen: Seen[] = [];
  let begin = 0;
  for (const [i, picture] of pictures.entries()) {
    if (i === 1) begin = rawOf(networks);
    const { detector, embedder, print } = networks;
    const items = await analysePicture(picture, { detector, embedder, catalog });
    const boxes = items.map(({ detection }) => detection.box);
    seen.push({ items, looks: (await print?.judge(picture, boxes)) ?? [] });
  }
  return { seen, rawMs: (rawOf(networks) - begin) / Math.max(1, pictures.length - 1) };
}

const configFor = (provider: Provider) =>
  parseConfig({ models: { threads: 1, providers: [provider] } }, "the benchmark");

const share = (part: number, whole: number): string => `${part} of ${whole}`;

function rowOf(provider: Provider, a: Agreement, ratio: number): Row {
  const same = a.onlyOne === 0 && a.sameDecision === a.items;
  return {
    what: `${provider}: same decisions; same nearest product; seen by one only`,
    measured: `${share(a.sameDecision, a.items)}; ${share(a.sameNearest, a.items)}; ${a.onlyOne}`,
    reference:
      `differs from cpu by at most ${a.box.toPrecision(2)} px of a box, ${a.embedding.toExponential(1)} of an embedding's ` +
      `number, ${a.logOdds.toExponential(1)} of the log-odds of a picture; takes ${figure(ratio)} x the time of cpu`,
    budget: "all the same",
    met: same,
  };
}

const refusedRow = (provider: Provider, bundled: boolean, why: string): Row => ({
  what: provider,
  measured: "not to be had here",
  reference: `${bundled ? "in the package" : "files not in the package"}: ${why}`,
  budget: "",
  met: null,
});

/** Every provider of this build of ONNX Runtime against the cpu, on trays of the virtual lane. */
export async function acceleratorsSection(trays: number, say: (text: string) => void): Promise<Section> {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-bench-"));
  const renderer = new TrayRenderer(1);
  const pictures: Picture[] = [];
  for (const [i, scene] of benchTrays(trays).entries()) pictures.push(await renderer.render(scene, i));
  const cpu = await openNetworks(configFor("cpu"));
  const catalog = new Catalog({ dir, embedderId: cpu.embedder.info.id, size: cpu.embedder.size });
  try {
    await catalog.start();
    stockLane(catalog, await enrolDemoStore(cpu, 5));
    const reference = await look(cpu, catalog, pictures);
    const rows: Row[] = [];
    for (const { provider, bundled } of await knownProviders()) {
      if (provider === "cpu") continue;
      say(`accelerators: ${provider}`);
      const networks = await openNetworks(configFor(provider)).catch((error: unknown) => {
        rows.push(
          refusedRow(provider, bundled, error instanceof Error ? error.message : describeError(error)),
        );
      });
      if (!networks) continue;
      const run = await look(networks, catalog, pictures);
      await networks.close();
      const all = reference.seen.map((seen, i) => agreementOn(seen, run.seen[i] ?? { items: [], looks: [] }));
      rows.push(rowOf(provider, all.reduce(joined, nothingCompared), run.rawMs / reference.rawMs));
    }
    return {
      title: `Accelerators against the cpu, ${trays} trays of ten goods`,
      rows,
      notes: ["One thread. The catalog's references were made on the cpu."],
    };
  } finally {
    await catalog.stop();
    await cpu.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
