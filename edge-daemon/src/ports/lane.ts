import type { BasketAction, HealthReport, LaneView, Product, ServerMessage } from "@tillsight/contracts";

/** A change as the kiosk is told about it; the API numbers it for each connection. */
export type LaneChange =
  | Omit<Extract<ServerMessage, { type: "basket" }>, "seq">
  | Omit<Extract<ServerMessage, { type: "tray" }>, "seq">
  | Omit<Extract<ServerMessage, { type: "notices" }>, "seq">;

/** What the kiosk API may see and do: the lane as one object. */
export interface LaneControl {
  view(): LaneView;
  onChange(listener: (change: LaneChange) => void): () => void;
  /**
   * Durable before it resolves. Rejects with a TillsightError that says why it cannot be done.
   * @param by whether the attendant's PIN came with it
   */
  act(action: BasketAction, by: "shopper" | "attendant"): Promise<void>;
  searchProducts(text: string, limit: number): Product[];
  /** JPEG of the newest good frame and its number; null while there is none or the camera is at fault. */
  picture(): Promise<{ seq: number; jpeg: Uint8Array } | null>;
  /** JPEG of an item that a notice speaks of, as it was seen; null when there is none. */
  itemPicture(itemId: string): Promise<Uint8Array | null>;
  health(): HealthReport;
  /** Prometheus exposition text. */
  metrics(): Promise<string>;
}
