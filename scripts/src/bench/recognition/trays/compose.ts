import type { Sku } from "@tillsight/contracts";
import { type Circle, CROWDED, type Crowding, findPlace, radiusOf } from "../../../virtual/layout.js";
import { motionOf, restingScene } from "../../../virtual/motion.js";
import type { Random } from "../../../virtual/random.js";
import { grounds, type Scene } from "../../../virtual/scene.js";
import type { ScriptItem } from "../../../virtual/script.js";
import { randomLight, randomShopper } from "../../../virtual/shoppers.js";
import type { DemoProduct } from "../../../virtual/store.js";

export const crowdings = ["apart", "touching", "overlapping"] as const;

export interface TrayPlan {
  readonly items: number;
  readonly crowding: Crowding;
  readonly hand: boolean;
}

export interface ComposedTray {
  readonly plan: TrayPlan;
  readonly scene: Scene;
  /** What lies there, lowest first, in the scene's order. */
  readonly skus: readonly Sku[];
}

/** When the hand of a `cover` step has arrived, ms: see `motionOf`. */
const ARRIVED_MS = 800;
/** Share of goods that are one more piece of something that lies there already. */
const REPEATS = 0.3;

function circles(placed: readonly ScriptItem[]): Circle[] {
  const all = placed.map(({ pose }) => ({ x: pose.x, y: pose.y, radius: radiusOf(pose.size) }));
  const near = (a: (typeof all)[number], b: (typeof all)[number]) =>
    a !== b && Math.hypot(a.x - b.x, a.y - b.y) < (a.radius + b.radius) * CROWDED;
  return all.map((a) => ({ ...a, crowded: all.some((b) => near(a, b)) }));
}

/** One more thing, or null when the tray is full. */
function place(
  placed: readonly ScriptItem[],
  good: DemoProduct,
  crowding: Crowding,
  random: Random,
  zoom: number,
): ScriptItem | null {
  const size = Math.round(good.size * zoom * random.between(0.94, 1.06));
  const around = circles(placed);
  const at =
    findPlace(around, size, crowding, random) ??
    (crowding === "apart" ? null : findPlace(around, size, "apart", random)) ??
    findPlace(around, size, "touching", random);
  if (!at) return null;
  const pose = {
    ...{ id: `item-${placed.length}`, art: good.art, ...at, size },
    ...{ turn: random.int(0, 359), shear: random.between(-0.06, 0.06), squeeze: random.between(0.92, 1) },
  };
  return { sku: good.product.sku, pose, grossGrams: null };
}

/** As many goods as fit, some of them repeated. */
function lay(plan: TrayPlan, goods: readonly DemoProduct[], random: Random, zoom: number): ScriptItem[] {
  const table: ScriptItem[] = [];
  for (let n = 0; n < plan.items; n++) {
    const lying = table.map(({ sku }) => goods.find(({ product }) => product.sku === sku));
    const again = random.chance(REPEATS) ? lying[random.int(0, lying.length)] : undefined;
    const item = place(table, again ?? random.pick(goods), plan.crowding, random, zoom);
    if (item) table.push(item);
  }
  return table;
}

/**
 * A tray by chance: goods, ground, light, and a hand over it where the plan says so. Where not all goods fit, the
 * camera hangs higher: everything is smaller.
 */
export function composeTray(plan: TrayPlan, goods: readonly DemoProduct[], random: Random): ComposedTray {
  let table = lay(plan, goods, random, 1);
  for (let zoom = 0.92; table.length < plan.items && zoom > 0.5; zoom *= 0.92)
    table = lay(plan, goods, random, zoom);
  const stage = { ground: random.pick(grounds), light: randomLight(random), table };
  const [x, y] = [random.int(260, 1020), random.int(200, 560)];
  const scene = plan.hand
    ? motionOf(stage, { do: "cover", x, y, forMs: ARRIVED_MS }, randomShopper(random)).at(ARRIVED_MS)
    : restingScene(stage);
  return { plan, scene, skus: table.map(({ sku }) => sku) };
}
