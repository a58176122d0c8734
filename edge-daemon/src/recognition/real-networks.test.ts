import type { Sku } from "@tillsight/contracts";
import {
  type Detector,
  type Embedder,
  intersectionOverUnion,
  loadDetector,
  loadEmbedder,
} from "@tillsight/models";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CatalogReader, Neighbour } from "../ports/catalog.js";
import { type AnalysedItem, analysePicture, embedForEnrolment } from "./analyse.js";
import { type Food, food, type Placed, places, renderTray } from "./testing/rendered-tray.js";

const all = Object.keys(food) as Food[];
const detectable = 0.5;

/** Exact search over the references that the tests enrol. */
class References implements Pick<CatalogReader, "nearest" | "productByBarcode" | "surroundings"> {
  readonly #known: { sku: Sku; referenceId: string; vector: Float32Array }[] = [];
  add(sku: string, vector: Float32Array): void {
    this.#known.push({ sku: sku as Sku, referenceId: `${sku}-${this.#known.length}`, vector });
  }
  surroundings = () => null;

  nearest(vector: Float32Array, k: number): Neighbour[] {
    return this.#known
      .map((r) => ({
        sku: r.sku,
        referenceId: r.referenceId,
        score: r.vector.reduce((s, v, i) => s + v * (vector[i] ?? 0), 0),
      }))
      .sort((a, b) => b.score - a.score)
      .slice(0, k);
  }
  productByBarcode(): undefined {
    return undefined;
  }
}

describe("the networks that are shipped, on pictures they have never seen", () => {
  let detector: Detector;
  let embedder: Embedder;
  const references = new References();
  const analyse = async (items: readonly Placed[], how?: Parameters<typeof renderTray>[1]) => {
    const { picture, boxes } = await renderTray(items, how);
    const catalog = references as unknown as CatalogReader;
    const found = await analysePicture(picture, { detector, embedder, catalog });
    return boxes.map((box) => found.filter((f) => intersectionOverUnion(f.detection.box, box) >= detectable));
  };
  const best = ([item]: readonly AnalysedItem[]) => item?.evidence.votes[0]?.sku;

  beforeAll(async () => {
    detector = await loadDetector();
    embedder = await loadEmbedder();
    for (const name of all) {
      for (const turn of [0, 120, 240]) {
        const photo = await renderTray([{ food: name, x: 320, y: 240, size: 260, turn }], {
          width: 640,
          height: 480,
        });
        const view = await embedForEnrolment(photo.picture, { detector, embedder });
        references.add(name, view.vector);
      }
    }
  }, 180_000);
  afterAll(async () => {
    await detector?.close();
    await embedder?.close();
  });

  it("find nothing on an empty tray", async () => {
    const { picture } = await renderTray([]);
    expect(await detector.detect(picture)).toEqual([]);
  });

  it("find each of ten items exactly once, and name most of them first", async () => {
    const hits = await analyse(
      all.map((name, i) => ({ food: name, ...(places()[i] ?? { x: 0, y: 0 }), turn: 15 * i })),
    );
    expect(hits.map((h) => h.length)).toEqual(all.map(() => 1));
    expect(hits.filter((h, i) => best(h) === all[i]).length).toBeGreaterThanOrEqual(9);
  });

  it("do so in dimmer light, smaller and turned otherwise", async () => {
    const items = all.map((name, i) => ({
      food: name,
      ...(places()[i] ?? { x: 0, y: 0 }),
      turn: 200 - 25 * i,
      size: 120,
    }));
    const hits = await analyse(items, { light: 0.75 });
    expect(hits.filter((h) => h.length === 1).length).toBeGreaterThanOrEqual(9);
    expect(hits.filter((h, i) => best(h) === all[i]).length).toBeGreaterThanOrEqual(8);
  });

  it("see two of the same item as two", async () => {
    const hits = await analyse([
      { food: "apple", x: 300, y: 300 },
      { food: "apple", x: 470, y: 320, turn: 30 },
    ]);
    expect(hits.map((h) => [h.length, best(h)])).toEqual([
      [1, "apple"],
      [1, "apple"],
    ]);
  });

  it("give the same answer for the same picture", async () => {
    const { picture } = await renderTray([{ food: "kiwi", x: 400, y: 300 }]);
    const catalog = references as unknown as CatalogReader;
    const once = await analysePicture(picture, { detector, embedder, catalog });
    expect(await analysePicture(picture, { detector, embedder, catalog })).toEqual(once);
  });

  it("take the large, central item of a photo for its subject, and all of a photo without one", async () => {
    const photo = await renderTray(
      [
        { food: "bread", x: 330, y: 250, size: 240 },
        { food: "cookie", x: 70, y: 70, size: 90 },
      ],
      { width: 640, height: 480 },
    );
    const view = await embedForEnrolment(photo.picture, { detector, embedder });
    expect(view.box && photo.boxes[0] && intersectionOverUnion(view.box, photo.boxes[0])).toBeGreaterThan(
      0.5,
    );
    const bare = await renderTray([], { width: 640, height: 480 });
    const whole = await embedForEnrolment(bare.picture, { detector, embedder });
    expect([whole.box, whole.crop.width, whole.vector.length]).toEqual([null, 640, embedder.size]);
  });
});
