import type { RoleChoice } from "./delivered.js";

export interface RoleState {
  /** What headquarters wishes for; null: what the lane came with. */
  readonly wish: string | null;
  /** Null: none of this role runs. */
  readonly running: string | null;
  /** What the lane came with; null: none. */
  readonly shipped: string | null;
  readonly choice: RoleChoice;
  /** Whether the wish lies in the data folder, whole. */
  readonly here: boolean;
}

export type RoleStep =
  | { readonly do: "nothing" }
  | { readonly do: "fetch"; readonly id: string }
  | { readonly do: "switch"; readonly to: string | null }
  | { readonly do: "refuse"; readonly why: string };

/** What brings one role to what headquarters wishes for. */
export function nextForRole({ wish, running, shipped, choice, here }: RoleState): RoleStep {
  const want = wish === shipped ? null : wish;
  const { failed, use } = choice;
  if (want !== null && failed?.id === want)
    return { do: "refuse", why: `${want} does not work here: ${failed.why}` };
  if (running === (want ?? shipped) && use === want) return { do: "nothing" };
  // Before anything is fetched: it could never run.
  if (running === null)
    return want === null
      ? { do: "nothing" }
      : { do: "refuse", why: `this lane runs no network in the place of ${want}; see recognition.pictures` };
  return want === null || here ? { do: "switch", to: want } : { do: "fetch", id: want };
}
