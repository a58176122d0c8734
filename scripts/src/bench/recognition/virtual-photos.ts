import { crop, type Picture } from "@tillsight/models";
import { referencePhotos } from "../../virtual/reference-photos.js";
import { type DemoProduct, demoStore } from "../../virtual/store.js";
import type { PhotoSet } from "./photos.js";
import type { Shot } from "./vectors.js";

/** The item lies this far around the middle of a reference photo, with a little room. */
const SIDE = 236;

function shotOf(item: DemoProduct, seed: number): Shot {
  return {
    key: `virtual ${item.product.sku} ${seed}`,
    async picture(): Promise<Picture> {
      const [photo] = await referencePhotos(item, 1, seed);
      if (!photo) return { width: 1, height: 1, data: new Uint8Array(3) };
      const box = { x: (photo.width - SIDE) / 2, y: (photo.height - SIDE) / 2, w: SIDE, h: SIDE };
      return crop(photo, box, 0);
    },
  };
}

/** Photos of the virtual lane's goods, `each` of every product: made here, the same on every machine. */
export function virtualPhotos(products: number, each: number): PhotoSet {
  const items = demoStore.slice(0, products);
  return {
    classes: items.map((item, id) => ({
      ...{ id, name: item.product.name, coarse: item.product.plu ? "produce" : "other" },
      ...{ packaged: item.product.gtins.length > 0, iconic: shotOf(item, 1_000) },
    })),
    photos: items.flatMap((item, classId) =>
      Array.from({ length: each }, (_, i) => ({ classId, shot: shotOf(item, i + 1) })),
    ),
  };
}
