import { money } from "@tillsight/contracts";
import { type Art, loadArt } from "../../../virtual/art.js";
import { type DemoProduct, demoStore } from "../../../virtual/store.js";
import type { PhotoClass, PhotoSet } from "../photos.js";
import { skuOf } from "../shop.js";
import { cutOut } from "./cut-out.js";

/** What can lie on composed trays, and where its pictures come from. */
export interface TrayGoods {
  readonly items: readonly DemoProduct[];
  load(name: string): Promise<Art>;
}

/** The virtual lane's goods, which no training has seen. */
export const virtualGoods: TrayGoods = { items: demoStore, load: loadArt };

/**
 * Their catalogue pictures show several pieces, or one piece cut open beside a whole one: on a tray those are
 * several items, whatever the class is called.
 */
const SEVERAL = new Set([
  ...["Beef-Tomato", "Carrots", "Floury-Potato", "Lime", "Papaya", "Passion-Fruit", "Plum", "Red-Beet"],
  ...["Regular-Tomato", "Solid-Potato", "Yellow-Onion"],
]);

/** Longest side as the tray's camera sees it, pixels: a litre carton is about twice as long as an apple. */
const sizeOf = ({ packaged }: PhotoClass): number => (packaged ? 205 : 150);

/** Catalogue pictures of these classes, cut out. */
export function cutOutGoods(set: PhotoSet, classes: ReadonlySet<number>): TrayGoods {
  const own = set.classes.filter(({ id, name }) => classes.has(id) && !SEVERAL.has(name));
  const shots = new Map(own.map((c) => [`class-${c.id}`, c.iconic]));
  const known = new Map<string, Promise<Art>>();
  return {
    items: own.map((c) => ({
      product: {
        ...{
          sku: skuOf(c.id),
          name: c.name.replaceAll("-", " "),
          names: {},
          unit: "each",
          price: money(100, "EUR"),
        },
        ...{
          prices: [],
          taxRateBp: 0,
          gtins: [],
          plu: null,
          tareGrams: 0,
          unitGrams: null,
          unitToleranceGrams: 0,
          minAge: null,
          image: null,
        },
      },
      art: `class-${c.id}`,
      size: sizeOf(c),
    })),
    load(name) {
      const shot = shots.get(name);
      if (!shot) return loadArt(name);
      const art = known.get(name) ?? shot.picture().then(cutOut);
      known.set(name, art);
      return art;
    },
  };
}
