import { z } from "zod";
import { Basket, BasketAction } from "./basket.js";
import { ProductNames, SaleUnit } from "./catalog.js";
import { Sku } from "./ids.js";
import { Money } from "./money.js";
import { TrayState } from "./recognition.js";

/** What the page needs to draw a product it has only a SKU of. */
export const ProductCard = z.strictObject({
  sku: Sku,
  name: z.string(),
  /** In other languages, for those who do not read the store's own. */
  names: ProductNames.default({}),
  price: Money,
  unit: SaleUnit,
});
export type ProductCard = z.infer<typeof ProductCard>;

export const LaneNotice = z.strictObject({
  /** Stable machine name, for example CAMERA_FROZEN or TILL_OFFLINE. */
  code: z.string(),
  severity: z.enum(["info", "warning", "fault"]),
  text: z.string(),
  fix: z.string(),
  /** Path at the kiosk API of a JPEG that shows what it is about. */
  picture: z.string().startsWith("/").optional(),
});
export type LaneNotice = z.infer<typeof LaneNotice>;

/** What the till itself shows it received; only simulated tills can tell, for the demo page. */
export const TillReceiptLine = z.strictObject({
  at: z.iso.datetime(),
  kind: z.enum(["item", "void", "total", "scan"]),
  text: z.string(),
  total: Money.nullable(),
});
export type TillReceiptLine = z.infer<typeof TillReceiptLine>;

export const LaneView = z.strictObject({
  storeName: z.string(),
  basket: Basket,
  tray: TrayState,
  notices: z.array(LaneNotice),
  /** Cards of every SKU that basket and tray mention. */
  cards: z.array(ProductCard),
  tillConnected: z.boolean(),
});
export type LaneView = z.infer<typeof LaneView>;

/**
 * Server to page, over the WebSocket at /ws. A connection begins with `snapshot`; each later message carries
 * the next `seq`. A page that sees a gap reconnects and gets a snapshot.
 */
export const ServerMessage = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("snapshot"), seq: z.int().min(0), view: LaneView }),
  z.strictObject({
    type: z.literal("basket"),
    seq: z.int().min(0),
    basket: Basket,
    cards: z.array(ProductCard),
  }),
  z.strictObject({
    type: z.literal("tray"),
    seq: z.int().min(0),
    tray: TrayState,
    cards: z.array(ProductCard),
  }),
  z.strictObject({
    type: z.literal("notices"),
    seq: z.int().min(0),
    notices: z.array(LaneNotice),
    tillConnected: z.boolean(),
  }),
  /** Answer to one request of this connection; `error` is null when it was carried out. Not numbered. */
  z.strictObject({
    type: z.literal("answer"),
    requestId: z.string(),
    error: z.strictObject({ code: z.string(), message: z.string(), fix: z.string() }).nullable(),
  }),
]);
export type ServerMessage = z.infer<typeof ServerMessage>;

/**
 * Page to server. `attendantPin` is needed for the attendant's actions only; `unlock` asks whether a PIN is
 * right, so that the attendant's panel opens before there is anything to do. Both get an `answer`.
 */
export const ClientMessage = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("action"),
    requestId: z.string().min(1).max(64),
    action: BasketAction,
    attendantPin: z.string().max(32).optional(),
  }),
  z.strictObject({
    type: z.literal("unlock"),
    requestId: z.string().min(1).max(64),
    attendantPin: z.string().max(32),
  }),
]);
export type ClientMessage = z.infer<typeof ClientMessage>;
