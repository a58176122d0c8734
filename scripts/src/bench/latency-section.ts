import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ServerMessage } from "@tillsight/contracts";
import { parseConfig, silentLogger } from "@tillsight/edge-daemon";
import { WebSocket } from "ws";
import { openVirtualLane, type VirtualLane } from "../lane/virtual-lane.js";
import { restingScene } from "../virtual/motion.js";
import { figure, quantile } from "./quantile.js";
import type { Row, Section } from "./report.js";
import { benchStages } from "./trays.js";

const budgetMs = 400;
/** How long a tray must be still, as the lane is configured without a word. */
const { settleMs } = parseConfig({}, "the benchmark").recognition;
const patienceMs = 10_000;

interface Visit {
  /** From the goods' appearance before the camera until the last of their lines reached the page, ms. */
  readonly wholeMs: number;
  readonly lines: number;
}

/** Listens as the kiosk page does, and notes when lines came. */
class Page {
  readonly #socket: WebSocket;
  readonly #origin: number;
  linesAt = Number.NaN;
  lines = 0;

  constructor(url: string) {
    this.#origin = performance.now();
    this.#socket = new WebSocket(`${url.replace(/^http/, "ws")}ws`);
    this.#socket.on("message", (data) => this.#hear(ServerMessage.parse(JSON.parse(String(data)))));
  }

  forget(): void {
    this.linesAt = Number.NaN;
    this.lines = 0;
  }

  close(): void {
    this.#socket.close();
  }

  #hear(message: ServerMessage): void {
    const now = performance.now();
    if (now < this.#origin) return;
    if (message.type === "basket" && message.basket.lines.length > this.lines) {
      this.lines = message.basket.lines.length;
      this.linesAt = now;
    }
  }
}

async function visit(lane: VirtualLane, page: Page, index: number, signal: AbortSignal): Promise<Visit> {
  const stage = benchStages(index + 1)[index];
  const { feed } = lane;
  if (!stage || !feed) return { wholeMs: Number.NaN, lines: 0 };
  page.forget();
  // Over when the camera has been given its first picture of the goods.
  await feed.play({ durationMs: 0, at: () => restingScene(stage), after: stage }, signal);
  const begun = performance.now();
  // Lines come together; a second of silence after them is the end.
  while (performance.now() - begun < patienceMs) {
    await sleep(50);
    if (page.lines > 0 && performance.now() - page.linesAt > 1_000) break;
  }
  const seen = { wholeMs: page.linesAt - begun, lines: page.lines };
  await lane.daemon.lane.act({ do: "cancel" }, "attendant").catch(() => undefined); // nothing to cancel when nothing was seen
  feed.cut({ ...stage, table: [] });
  for (let waited = 0; waited < patienceMs && lane.daemon.lane.view().basket.status !== "idle"; waited += 50)
    await sleep(50);
  return seen;
}

/** From goods on the tray to lines on the page, through camera, OpenCV, networks, journal and WebSocket. */
export async function latencySection(
  trays: number,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Section> {
  const dir = mkdtempSync(join(tmpdir(), "tillsight-latency-"));
  const lane = await openVirtualLane({
    ...{ dir, protocol: "till-line", headquarters: false, attendantPin: "2468" },
    ...{ log: silentLogger, signal, onProgress: say },
  });
  const page = new Page(lane.daemon.url);
  const visits: Visit[] = [];
  try {
    await sleep(3_000); // the camera opens and the bare tray is learned
    for (let i = 0; i < trays; i++) {
      visits.push(await visit(lane, page, i, signal));
      say(`latency: tray ${i + 1} of ${trays}, ${visits.at(-1)?.lines} lines`);
    }
    return sectionOf(visits, await lane.daemon.lane.metrics());
  } finally {
    page.close();
    await lane.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function sectionOf(visits: readonly Visit[], metrics: string): Section {
  const good = visits.filter((v) => v.lines > 0);
  const whole = good.map((v) => v.wholeMs);
  const settled = whole.map((ms) => ms - settleMs);
  const rss = Number(
    /^tillsight_process_process_resident_memory_bytes (\S+)/m.exec(metrics)?.[1] ?? Number.NaN,
  );
  const [p50, p95] = [quantile(settled, 0.5), quantile(settled, 0.95)];
  const rows: Row[] = [
    {
      what: `tray still for ${settleMs} ms -> last of its lines on the page, p50 / p95 of ${good.length} trays`,
      measured: `${figure(p50)} / ${figure(p95)} ms`,
      reference: "",
      budget: `p95 <= ${budgetMs} ms`,
      met: p95 <= budgetMs,
    },
    {
      what: "goods appear before the camera -> last of their lines on the page, p50 / p95",
      measured: `${figure(quantile(whole, 0.5))} / ${figure(quantile(whole, 0.95))} ms`,
      reference: `of which ${settleMs} ms must be still, by configuration`,
      budget: "",
      met: null,
    },
    {
      what: "resident memory of the lane, its simulators and the renderer in one process",
      measured: `${Math.round(rss / 2 ** 20)} MiB`,
      reference: "",
      budget: "",
      met: null,
    },
  ];
  const notes = [
    "The rendered tray (10 pictures a second), the simulated till and the page's listener share the machine with the lane.",
  ];
  return { title: "From tray to lines", rows, notes };
}
