import { money, type Product, type Sku } from "@tillsight/contracts";
import type { DetectOptions, Detector, Embedder, Picture, PrintJudge } from "@tillsight/models";
import type { Camera, CameraStatus, Frame } from "../../ports/camera.js";
import type { CatalogReader } from "../../ports/catalog.js";

/** A picture small enough to draw hundreds of in a test: the gate's grid is then 4 x 4 pixels a cell. */
export const SCENE = { width: 320, height: 180 };
export const TRAY = 200;

export interface Thing {
  /** Decides colour and embedding. `hand` is drawn and never detected. */
  readonly kind: string;
  readonly x: number;
  readonly y: number;
  readonly w?: number;
  readonly h?: number;
  /** The detector does not trust its eyes. */
  readonly doubtful?: true;
}

export interface Scene {
  /** Later ones lie on top. */
  readonly things: readonly Thing[];
  /** 1 is the light of every day. */
  readonly light?: number;
  /** Amplitude of the sensor's noise, luma steps. */
  readonly noise?: number;
}

/** Colours are far apart and survive a change of light: the scripted networks tell kinds by their hue. */
const kinds: Record<string, readonly [number, number, number]> = {
  apple: [210, 40, 40],
  pear: [60, 190, 60],
  bread: [190, 130, 20],
  milk: [40, 60, 210],
  hand: [120, 80, 60],
};

function colourOf(kind: string): readonly [number, number, number] {
  return kinds[kind] ?? [0, 0, 0];
}

/** Deterministic noise, -1..1. */
function noiseAt(i: number, seed: number): number {
  const n = Math.imul(i + 1, 374761393) ^ Math.imul(seed + 1, 668265263);
  return ((Math.imul(n ^ (n >>> 13), 1274126177) >>> 16) & 0xffff) / 32768 - 1;
}

export function draw(scene: Scene, seed = 0): Picture {
  const { width, height } = SCENE;
  const data = new Uint8Array(width * height * 3);
  const light = scene.light ?? 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const top = scene.things.findLast(
        (t) => x >= t.x && x < t.x + (t.w ?? 40) && y >= t.y && y < t.y + (t.h ?? 40),
      );
      const colour = top ? colourOf(top.kind) : [TRAY, TRAY, TRAY];
      const i = y * width + x;
      const shake = (scene.noise ?? 0) * noiseAt(i, seed);
      for (let c = 0; c < 3; c++)
        data[i * 3 + c] = Math.max(0, Math.min(255, (colour[c] ?? 0) * light + shake));
    }
  }
  return { width, height, data };
}

/** The kind whose hue a pixel has, or null for tray and hand. */
function kindAt(picture: Picture, x: number, y: number): string | null {
  const p = (Math.round(y) * picture.width + Math.round(x)) * 3;
  const pixel = [0, 1, 2].map((c) => picture.data[p + c] ?? 0);
  const sum = pixel.reduce((a, b) => a + b, 1);
  const off = (k: readonly number[]) => {
    const total = k.reduce((a, b) => a + b, 1);
    return Math.max(...k.map((v, c) => Math.abs(v / total - (pixel[c] ?? 0) / sum)));
  };
  const [nearest] = Object.entries({ ...kinds, tray: [1, 1, 1] as const }).sort(
    (a, b) => off(a[1]) - off(b[1]),
  );
  return !nearest || nearest[0] === "tray" || nearest[0] === "hand" ? null : nearest[0];
}

const info = (id: string) => ({ id, provider: "cpu" as const, refused: [] });
const raw = () => ({ ms: 0, calls: 0 });

/** Sees a thing where the middle of its place shows its colour; counts its calls. */
export function scriptedDetector(things: () => readonly Thing[]): Detector & { calls: number } {
  const detector = {
    info: info("scripted-detector"),
    calls: 0,
    async detect(picture: Picture, options: DetectOptions = {}) {
      detector.calls++;
      return things()
        .filter((t) => t.kind !== "hand" && (!t.doubtful || options.doubtful))
        .map((t) => ({ ...t, box: { x: t.x, y: t.y, w: t.w ?? 40, h: t.h ?? 40 } }))
        .filter(({ kind, box, doubtful }) => {
          const seen = kindAt(picture, box.x + box.w / 2, box.y + box.h / 2);
          return doubtful || seen === kind;
        })
        .map(({ box, doubtful }) =>
          doubtful ? { box, score: 0.2, doubtful: true as const } : { box, score: 0.9 },
        );
    },
    rawTime: raw,
    close: async () => undefined,
  };
  return detector;
}

/** Sees a picture of a product in everything of these kinds. */
export function scriptedJudge(pictures: () => readonly string[]): Pick<PrintJudge, "judge"> {
  return {
    judge: async (picture, boxes) =>
      boxes.map((box) => {
        const kind = kindAt(picture, box.x + box.w / 2, box.y + box.h / 2) ?? "";
        const logOdds = pictures().includes(kind) ? 5 : -5;
        return { logOdds, kinds: { print: 0.2, screen: 0.7, label: 0.1 } };
      }),
  };
}

const names = Object.keys(kinds);
export const SIZE = 16;

/** A vector of length 1 for each kind, all at right angles. */
export function vectorOf(kind: string): Float32Array {
  const vector = new Float32Array(SIZE);
  vector[Math.max(0, names.indexOf(kind))] = 1;
  return vector;
}

export const scriptedEmbedder: Embedder = {
  info: info("scripted-embedder"),
  size: SIZE,
  thresholds: { match: 0.8, ambiguous: 0.5, margin: 0.05 },
  embed: async (crops) => crops.map((c) => vectorOf(kindAt(c, c.width / 2, c.height / 2) ?? "hand")),
  rawTime: raw,
  close: async () => undefined,
};

function product(sku: Sku, gtin: string): Product {
  return {
    sku,
    name: sku,
    unit: "each",
    price: money(100, "EUR"),
    taxRateBp: 700,
    gtins: [gtin as Product["gtins"][number]],
    plu: null,
    tareGrams: 0,
    unitGrams: null,
    unitToleranceGrams: 0,
    minAge: null,
    names: {},
    prices: [],
    image: null,
  };
}

/** Exact search over one reference a kind; `learn` adds a kind while the lane runs. */
export function scriptedCatalog(
  sold: readonly string[],
): CatalogReader & { learn(kind: string): void; gtin(kind: string): string } {
  const known = [...sold];
  const listeners = new Set<(lsn: number) => void>();
  const gtins = ["4006381333931", "5901234123457", "9780201379624", "4012345678901", "0036000291452"];
  const gtin = (kind: string) => gtins[names.indexOf(kind)] ?? "";
  return {
    lsn: 1,
    embedderId: "scripted-embedder",
    gtin,
    learn(kind) {
      known.push(kind);
      for (const l of listeners) l(2);
    },
    product: (sku) => (known.includes(sku) ? product(sku, gtin(sku)) : undefined),
    productByBarcode(digits) {
      const kind = known.find((k) => gtin(k) === digits);
      return kind === undefined ? undefined : product(kind as Sku, digits);
    },
    search: () => [],
    nearest(vector, k) {
      return known
        .map((kind) => ({
          sku: kind as Sku,
          referenceId: `${kind}-1`,
          score: vectorOf(kind).reduce((s, v, i) => s + v * (vector[i] ?? 0), 0),
        }))
        .sort((a, b) => b.score - a.score)
        .slice(0, k);
    },
    get referenceCount() {
      return known.length;
    },
    surroundings: () => null,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A camera that hands over what the test pushes; `push` resolves when the consumer asks for the next frame. */
export class ScriptedCamera implements Camera {
  #status: CameraStatus = {
    state: "live",
    fault: null,
    detail: "",
    width: SCENE.width,
    height: SCENE.height,
    fps: 20,
    captured: 0,
    dropped: 0,
    reopened: 0,
  };
  readonly #listeners = new Set<(s: CameraStatus) => void>();
  #waiting: ((frame: Frame | null) => void) | undefined;
  #asked: (() => void) | undefined;
  #seq = 0;

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  status(): CameraStatus {
    return this.#status;
  }
  onStatus(listener: (s: CameraStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  set(state: CameraStatus["state"]): void {
    this.#status = { ...this.#status, state, fault: state === "fault" ? "unplugged" : null };
    for (const l of this.#listeners) l(this.#status);
  }
  async *frames(signal: AbortSignal): AsyncGenerator<Frame, void, void> {
    const end = () => this.#waiting?.(null);
    signal.addEventListener("abort", end, { once: true });
    try {
      while (!signal.aborted) {
        const frame = await new Promise<Frame | null>((resolve) => {
          this.#waiting = resolve;
          this.#asked?.();
        });
        if (!frame) return;
        yield frame;
      }
    } finally {
      signal.removeEventListener("abort", end);
    }
  }
  async push(picture: Picture, at: number): Promise<void> {
    while (!this.#waiting) await new Promise<void>((resolve) => setImmediate(resolve));
    const dealt = new Promise<void>((resolve) => {
      this.#asked = resolve;
    });
    const hand = this.#waiting;
    this.#waiting = undefined;
    hand?.({ ...picture, seq: this.#seq++, capturedAt: at });
    await dealt;
  }
}
