import type { Crowding } from "./layout.js";
import { createRandom, type Random } from "./random.js";
import { grounds } from "./scene.js";
import type { TrayScript } from "./script.js";
import { randomLight, randomShopper } from "./shoppers.js";
import { demoStore } from "./store.js";
import { TrayWriter } from "./tray-writer.js";

interface Plan {
  readonly title: string;
  readonly items: readonly [least: number, most: number];
  readonly crowding: readonly Crowding[];
  /** How likely a thing is the same as one before it, 0..1. */
  readonly repeats: number;
  /** What happens after the goods lie there. */
  readonly afterwards: (writer: TrayWriter, random: Random) => void;
}

/** Long enough for a hand that stops to look like something that was put down. */
const coverFor = (random: Random): number => random.int(900, 2600);

const look = (writer: TrayWriter): void => writer.add({ do: "look" });

/** Each kind of tray comes up equally often; together they are what the lane has to bear. */
const plans: readonly Plan[] = [
  { title: "a few things, well apart", items: [1, 4], crowding: ["apart"], repeats: 0, afterwards: () => {} },
  {
    title: "many things",
    items: [7, 12],
    crowding: ["apart", "touching"],
    repeats: 0.15,
    afterwards: () => {},
  },
  {
    title: "several of the same",
    items: [3, 8],
    crowding: ["apart", "touching"],
    repeats: 0.7,
    afterwards: () => {},
  },
  {
    title: "things lying partly on others",
    items: [3, 7],
    crowding: ["overlapping", "touching"],
    repeats: 0.1,
    afterwards: () => {},
  },
  {
    title: "something is taken away before paying",
    items: [3, 7],
    crowding: ["apart", "touching"],
    repeats: 0.2,
    afterwards: (writer, random) => {
      look(writer);
      for (let i = random.int(1, 2); i > 0; i--) writer.add({ do: "take", id: writer.any().pose.id });
    },
  },
  {
    title: "a hand stops over the tray",
    items: [2, 6],
    crowding: ["apart", "touching"],
    repeats: 0.1,
    afterwards: (writer, random) => {
      if (random.chance(0.5)) look(writer);
      const { pose } = writer.any();
      writer.add({ do: "cover", x: pose.x, y: pose.y, forMs: coverFor(random) });
    },
  },
  {
    title: "the light changes",
    items: [3, 8],
    crowding: ["apart", "touching"],
    repeats: 0.1,
    afterwards: (writer, random) => {
      if (random.chance(0.5)) look(writer);
      writer.add({ do: "light", to: randomLight(random), overMs: random.int(300, 2000) });
    },
  },
  {
    title: "things are moved and turned, one more comes",
    items: [3, 7],
    crowding: ["apart"],
    repeats: 0.2,
    afterwards: (writer, random) => {
      look(writer);
      writer.move(writer.any());
      writer.add({ do: "turn", id: writer.any().pose.id, by: random.int(40, 180) });
      writer.bring([random.pick(demoStore).product.sku]);
    },
  },
];

/** Deals the whole store before anything comes a second time, so that every product has its turn. */
function dealer(random: Random): () => string {
  let deck: string[] = [];
  return () => {
    if (deck.length === 0) deck = random.shuffle(demoStore.map(({ product }) => product.sku));
    return deck.pop() ?? "";
  };
}

function chooseSkus(plan: Plan, random: Random, deal: () => string): string[] {
  const skus: string[] = [];
  for (let i = random.int(...plan.items); i > 0; i--)
    skus.push(skus.length > 0 && random.chance(plan.repeats) ? random.pick(skus) : deal());
  return skus;
}

/** `trays` trays of 1 to 12 things, the same for the same seed: kinds of tray take turns, all else is chance. */
export function proofScript(seed: number, trays = 64): TrayScript[] {
  const random = createRandom(seed);
  const deal = dealer(random.fork("deck"));
  return Array.from({ length: trays }, (_, index): TrayScript => {
    const plan = plans[index % plans.length] ?? random.pick(plans);
    const own = random.fork(`tray ${index + 1}`);
    const writer = new TrayWriter(`t${index + 1}`, own);
    writer.bring(chooseSkus(plan, own, deal), plan.crowding);
    plan.afterwards(writer, own);
    return {
      number: index + 1,
      title: plan.title,
      // A store has one kind of tray for a while, not another for each shopper.
      ground: grounds[Math.floor(index / 8) % grounds.length] ?? "slate",
      light: randomLight(own),
      shopper: randomShopper(own),
      steps: writer.steps,
    };
  });
}
