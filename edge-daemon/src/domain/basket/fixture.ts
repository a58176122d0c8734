import type { Decision, Gtin, LineItemId, Plu, Product, Sku } from "@tillsight/contracts";
import { money } from "@tillsight/contracts";
import type { LineSinkCapabilities } from "../../ports/line-sink.js";
import type { BasketCommand, BasketContext, Decided } from "./commands.js";
import { decide } from "./decide.js";
import type { BasketEvent } from "./events.js";
import { evolve } from "./evolve.js";
import { type BasketState, emptyBasket } from "./state.js";

const product = (sku: string, minor: number, more: Partial<Product> = {}): Product => ({
  sku: sku as Sku,
  name: sku,
  unit: "each",
  price: money(minor, "EUR"),
  taxRateBp: 700,
  gtins: [],
  plu: null,
  tareGrams: 0,
  unitGrams: null,
  unitToleranceGrams: 0,
  minAge: null,
  names: {},
  prices: [],
  image: null,
  ...more,
});

/** A small shop: two plain articles, one by weight with packaging, one from 16 and one from 18 years. */
export const shop = (): Map<string, Product> =>
  new Map(
    [
      product("milk", 119, { gtins: ["4006381333931" as Gtin] }),
      product("bread", 249),
      product("apple", 299, { unit: "weight", tareGrams: 20, plu: "4011" as Plu }),
      product("beer", 89, { minAge: 16 }),
      product("gin", 1499, { minAge: 18 }),
      product("dollar", 100, { price: money(100, "USD") }),
    ].map((p) => [p.sku, p]),
  );

export const tillLine: LineSinkCapabilities = { quantity: true, void: true, weight: true, total: true };
export const scanner: LineSinkCapabilities = { quantity: false, void: false, weight: false, total: false };

/** A basket with a made-up world around it: ids count up, nothing is under way unless said. */
export class BasketBench implements BasketContext {
  state: BasketState = emptyBasket("EUR");
  readonly events: BasketEvent[] = [];
  readonly messages: Extract<Decided, { events: unknown }>["messages"][number][] = [];
  readonly products = shop();
  readonly busy = new Set<string>();
  readonly showEndMs = 5_000;
  readonly currency = "EUR";
  readonly capabilities: LineSinkCapabilities;
  time = 1_700_000_000_000;
  #ids = 0;

  constructor(capabilities = tillLine) {
    this.capabilities = capabilities;
  }

  now = () => this.time;
  newId = () => `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, "0")}`;
  product = (sku: Sku) => this.products.get(sku);
  underWay = (messageId: string) => this.busy.has(messageId);

  /** Carries the command out; gives the types of its events, or the code of its rejection. */
  run(command: BasketCommand): string[] | string {
    const decided = decide(this.state, command, this);
    if ("rejected" in decided) return decided.rejected.code;
    for (const event of decided.events) this.state = evolve(this.state, event);
    this.events.push(...decided.events);
    this.messages.push(...decided.messages);
    return decided.events.map((event) => event.body.type);
  }

  tray(items: Record<string, Decision>) {
    return this.run({
      kind: "tray",
      items: Object.entries(items).map(([id, decision]) => ({ id, decision })),
    });
  }

  act(action: Extract<BasketCommand, { kind: "action" }>["action"], by: "shopper" | "attendant" = "shopper") {
    return this.run({ kind: "action", action, by });
  }

  till(messageId: string, kind: "accepted" | "refused" | "inDoubt" = "accepted") {
    return this.run({
      kind: "till",
      messageId,
      outcome: kind === "accepted" ? { kind } : { kind, reason: "why" },
    });
  }

  /** Id of the n-th line, from 0. */
  line(n = 0): LineItemId {
    const line = this.state.lines[n];
    if (!line) throw new RangeError(`no line ${n}`);
    return line.id;
  }

  /** Messages that the till has not answered, oldest first. */
  open(): string[] {
    const { lines, totalMessage } = this.state;
    const all = [...lines.flatMap((line) => [...line.pieces, line.voiding]), totalMessage];
    const queued = new Set(all.flatMap((m) => (m?.state === "queued" ? m.messageId : [])));
    return this.messages.flatMap((m) => (queued.has(m.messageId) ? m.messageId : []));
  }

  /** The till accepts whatever it is sent. */
  settleAll(): void {
    for (let next = this.open()[0]; next; next = this.open()[0]) this.till(next);
  }
}

const sku = (name: string) => name as Sku;
export const is = (name: string, by: "picture" | "barcode" = "picture"): Decision => ({
  kind: "matched",
  sku: sku(name),
  score: 0.9,
  by,
});
export const maybe = (...names: string[]): Decision => ({
  kind: "ambiguous",
  candidates: names.map((name) => ({ sku: sku(name), score: 0.7 })),
});
export const unknown: Decision = { kind: "unknown", best: [] };
/** Most like `name`, yet not like it enough. */
export const like = (name: string, score: number): Decision => ({
  kind: "unknown",
  best: [{ sku: sku(name), score }],
});
export const conflict = (barcode: string, picture: string): Decision => ({
  kind: "conflict",
  gtin: "4006381333931" as Gtin,
  barcodeSku: sku(barcode),
  pictureSku: sku(picture),
});
