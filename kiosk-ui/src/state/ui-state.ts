import type { BasketAction, LaneView, LineItemId, ProductCard, ServerMessage } from "@tillsight/contracts";
import type { Locale } from "../i18n/index.js";

export type Problem = NonNullable<Extract<ServerMessage, { type: "answer" }>["error"]>;

/** What lies over the page; at most one at a time. */
export type Dialog =
  | { readonly kind: "choose"; readonly line: LineItemId }
  /** `line` null: something is added by hand. */
  | { readonly kind: "search"; readonly line: LineItemId | null }
  | { readonly kind: "weigh"; readonly line: LineItemId }
  | { readonly kind: "confirmCancel" }
  | { readonly kind: "pin" }
  | { readonly kind: "attendant" };

/** A request that is not answered yet. */
export type Pending =
  | { readonly kind: "action"; readonly action: BasketAction }
  | { readonly kind: "unlock"; readonly pin: string };

/** Everything the page shows follows from this. */
export interface UiState {
  readonly link: "connecting" | "live" | "lost";
  /** Number of the last message; null before a snapshot. */
  readonly seq: number | null;
  /** A message is missing: the connection must be made anew. */
  readonly outOfStep: boolean;
  readonly view: Omit<LaneView, "cards"> | null;
  readonly cards: Readonly<Record<string, ProductCard>>;
  readonly pending: Readonly<Record<string, Pending>>;
  readonly problem: Problem | null;
  readonly dialog: Dialog | null;
  /** Kept in memory while the attendant's panel is open, never longer. */
  readonly attendantPin: string | null;
  readonly locale: Locale;
  readonly homeLocale: Locale;
  readonly showScores: boolean;
}

export type UiEvent =
  | { readonly type: "linked" }
  | { readonly type: "unlinked" }
  | { readonly type: "server"; readonly message: ServerMessage }
  | { readonly type: "asked"; readonly requestId: string; readonly request: Pending }
  | { readonly type: "opened"; readonly dialog: Dialog }
  | { readonly type: "closed" }
  | { readonly type: "problemSeen" }
  | { readonly type: "locale"; readonly locale: Locale }
  | { readonly type: "scores" };

export const firstState = (homeLocale: Locale): UiState => ({
  link: "connecting",
  seq: null,
  outOfStep: false,
  view: null,
  cards: {},
  pending: {},
  problem: null,
  dialog: null,
  attendantPin: null,
  locale: homeLocale,
  homeLocale,
  showScores: false,
});
