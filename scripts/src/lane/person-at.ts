import { attendantActions } from "@tillsight/contracts";
import type { LaneControl } from "@tillsight/edge-daemon";
import type { LaneForShopper } from "../virtual/lane-watch.js";

/** A lane as the virtual shopper uses it; the attendant, whom the shopper calls, does what only that one may. */
export const personAt = (lane: LaneControl): LaneForShopper => ({
  view: () => lane.view(),
  onChange: (listener) => lane.onChange(() => listener()),
  act: (action, by = "shopper") => lane.act(action, attendantActions.has(action.do) ? "attendant" : by),
  searchProducts: (text, limit) => lane.searchProducts(text, limit),
  picture: () => lane.picture(),
});
