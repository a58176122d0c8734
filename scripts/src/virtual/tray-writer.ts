import { InvariantError, type Sku } from "@tillsight/contracts";
import { type Circle, CROWDED, type Crowding, findPlace, type Point, radiusOf } from "./layout.js";
import type { Random } from "./random.js";
import { applyStep, type ScriptItem, type Step, type Table } from "./script.js";
import { demoProduct } from "./store.js";

/** Hands hold no more than this many things at once. */
const HANDFUL = 3;

/** Writes the steps of one tray, keeping in mind what lies where. */
export class TrayWriter {
  readonly #random: Random;
  readonly #name: string;
  readonly #steps: Step[] = [];
  #table: Table = [];
  #made = 0;

  /** `name` makes the items' ids unique, for example `t7`. */
  constructor(name: string, random: Random) {
    this.#name = name;
    this.#random = random;
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  get table(): Table {
    return this.#table;
  }

  add(step: Step): void {
    this.#steps.push(step);
    this.#table = applyStep(this.#table, step);
  }

  /** Brings these SKUs in handfuls of one to three, in their order. */
  bring(skus: readonly string[], crowding: readonly Crowding[] = ["apart"]): void {
    let rest = [...skus];
    while (rest.length > 0) {
      const handful = rest.slice(0, this.#random.int(1, HANDFUL));
      rest = rest.slice(handful.length);
      const items: ScriptItem[] = [];
      for (const sku of handful) items.push(this.#place(sku, this.#random.pick(crowding), items));
      this.add({ do: "bring", items });
    }
  }

  /** An item on the tray, picked by chance. */
  any(): ScriptItem {
    return this.#random.pick(this.#table);
  }

  /** Moves something to another free place, where there is one. */
  move(item: ScriptItem): void {
    const others = this.#circles([]).filter((circle) => circle.id !== item.pose.id);
    const place = findPlace(others, item.pose.size, "apart", this.#random);
    if (place) this.add({ do: "move", id: item.pose.id, ...place });
  }

  #place(sku: string, crowding: Crowding, inHand: readonly ScriptItem[]): ScriptItem {
    const { product, art, size } = demoProduct(sku);
    const random = this.#random;
    const placed = this.#circles(inHand);
    // A crowded tray may have no place of the wished kind left: nearer is then what a shopper does too.
    const place =
      this.#nearestPlace(placed, size, crowding, inHand[0]) ??
      findPlace(placed, size, "apart", random) ??
      findPlace(placed, size, "touching", random) ??
      findPlace(placed, size, "overlapping", random);
    if (!place) throw new InvariantError(`no place on the tray for ${sku} beside ${placed.length} others`);
    this.#made += 1;
    return {
      sku: product.sku as Sku,
      pose: {
        id: `${this.#name}-${this.#made}`,
        art,
        ...place,
        size: Math.round(size * random.between(0.96, 1.04)),
        turn: random.int(0, 359),
        shear: Math.round(random.between(-0.06, 0.06) * 100) / 100,
        squeeze: Math.round(random.between(0.92, 1) * 100) / 100,
      },
      grossGrams: product.unit === "weight" ? random.int(240, 1400) : null,
    };
  }

  /** Things of one handful are put down near each other. */
  #nearestPlace(placed: readonly Circle[], size: number, crowding: Crowding, first: ScriptItem | undefined) {
    const places = Array.from({ length: first ? 6 : 1 }, () =>
      findPlace(placed, size, crowding, this.#random),
    );
    const far = (place: Point): number =>
      first ? Math.hypot(place.x - first.pose.x, place.y - first.pose.y) : 0;
    return places.filter((place) => place !== null).sort((a, b) => far(a) - far(b))[0] ?? null;
  }

  #circles(inHand: readonly ScriptItem[]): (Circle & { id: string })[] {
    const all = [...this.#table, ...inHand].map(({ pose }) => ({ ...pose, radius: radiusOf(pose.size) }));
    return all.map(({ id, x, y, radius }) => ({
      ...{ id, x, y, radius },
      crowded: all.some(
        (other) =>
          other.id !== id && Math.hypot(other.x - x, other.y - y) < (radius + other.radius) * CROWDED,
      ),
    }));
  }
}
