import type { Crowding } from "./layout.js";
import { createRandom } from "./random.js";
import { type Ground, grounds, type Light, steadyLight } from "./scene.js";
import type { TrayScript } from "./script.js";
import { randomShopper } from "./shoppers.js";
import { newcomersMug } from "./store.js";
import { TrayWriter } from "./tray-writer.js";

interface DemoTray {
  readonly title: string;
  readonly skus: readonly string[];
  readonly crowding?: readonly Crowding[];
  readonly light?: Light;
  /** What happens once the screen shows the goods. */
  readonly afterwards?: (writer: TrayWriter) => void;
}

const evening: Light = { brightness: 0.78, warmth: 0.8, from: 120, slope: 0.22 };
const window: Light = { brightness: 1.04, warmth: -0.4, from: 280, slope: 0.22 };

/** What a newcomer watches: one idea a tray, easy ones first. */
const trays: readonly DemoTray[] = [
  { title: "Breakfast", skus: ["croissant", "pretzel", "juice-apple"] },
  {
    title: "Two apples that differ in colour only",
    skus: ["apple-red", "apple-green", "pear"],
  },
  {
    title: "Three of the same are three to pay",
    skus: ["pretzel", "pretzel", "cookie", "pretzel"],
  },
  {
    title: "Changed my mind: one goes back",
    skus: ["sandwich", "soft-drink", "doughnut", "cupcake"],
    afterwards: (writer) => {
      const doughnut = writer.table.find((item) => item.sku === "doughnut") ?? writer.any();
      writer.add({ do: "take", id: doughnut.pose.id });
    },
  },
  {
    title: "The evening light comes on",
    skus: ["baguette", "cheese", "tomato", "lemon", "garlic"],
    afterwards: (writer) => writer.add({ do: "light", to: evening, overMs: 1500 }),
  },
  { title: "Sold by weight", skus: ["bananas", "kiwi", "avocado"], light: evening },
  {
    title: "A hand stops over the tray",
    skus: ["toothbrush", "hand-soap", "toilet-paper", "battery"],
    light: window,
    afterwards: (writer) => {
      const { pose } = writer.any();
      writer.add({ do: "cover", x: pose.x, y: pose.y, forMs: 2000 });
    },
  },
  {
    title: "Lying on one another",
    skus: ["potato", "onion", "carrot", "pepper-green", "broccoli", "cucumber"],
    crowding: ["overlapping", "touching"],
    light: window,
  },
  {
    title: "Somebody has to see an ID",
    skus: ["sparkling-wine", "cheese", "baguette", "chocolate"],
  },
  {
    title: "The weekly shop",
    skus: [
      ...["apple-red", "tangerine", "mango", "peach", "loaf", "butter"],
      ...["tomatoes-can", "chocolate", "cookie", "bubble-tea", "apple-red"],
    ],
    crowding: ["apart", "touching"],
  },
];

/** Of a whole round: stores keep their trays, and a lane looks long at a new one before it believes in it. */
export const groundOf = (round: number): Ground => grounds[round % grounds.length] ?? "slate";

/** The loop that `npm start` shows: the same ten trays, laid out and lit differently in each round. */
export const demoScript = (round = 0): TrayScript[] =>
  trays.map((tray, index) => written(tray, index + 1, round));

/** Played as soon as the newcomer's mug is enrolled, and in each round after that. */
export const mugTray = (round = 0): TrayScript =>
  written(
    { title: "The mug that you enrolled", skus: [newcomersMug.product.sku, "croissant"] },
    trays.length + 1,
    round,
  );

function written(tray: DemoTray, number: number, round: number): TrayScript {
  const random = createRandom(2024 + round).fork(tray.title);
  const writer = new TrayWriter(`r${round}t${number}`, random);
  writer.bring(tray.skus, tray.crowding);
  writer.add({ do: "look" });
  tray.afterwards?.(writer);
  return {
    number,
    title: tray.title,
    ground: groundOf(round),
    light: tray.light ?? steadyLight,
    shopper: randomShopper(random),
    steps: writer.steps,
  };
}
