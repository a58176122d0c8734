import { restingScene, type Stage } from "../virtual/motion.js";
import { createRandom } from "../virtual/random.js";
import type { Scene } from "../virtual/scene.js";
import { steadyLight } from "../virtual/scene.js";
import { demoStore } from "../virtual/store.js";
import { TrayWriter } from "../virtual/tray-writer.js";

const itemsEach = 10;

/** `count` trays of ten goods, well apart, the same every time. */
export function benchStages(count: number): Stage[] {
  return Array.from({ length: count }, (_, i) => {
    const random = createRandom(7).fork(`bench tray ${i}`);
    const writer = new TrayWriter(`bench-${i}`, random);
    const skus = Array.from({ length: itemsEach }, () => random.pick(demoStore).product.sku);
    writer.bring(skus);
    return { ground: "slate", light: steadyLight, table: writer.table };
  });
}

export const benchTrays = (count: number): Scene[] => benchStages(count).map(restingScene);
