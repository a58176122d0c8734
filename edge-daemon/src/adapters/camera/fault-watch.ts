import type { CameraFault } from "../../ports/camera.js";
import type { PictureFacts } from "./picture-facts.js";

export interface FaultRules {
  /** The same picture for this long is `frozen`; 0 switches the rule off. */
  readonly frozenAfterMs: number;
  /** Nothing to see for this long is `black` or `covered`; 0 lets such pictures through. */
  readonly blindAfterMs: number;
  /** No picture for this long is `hung`. */
  readonly hungAfterMs: number;
}

/** What has been seen of the camera so far. Times are monotonic ms. */
export interface Watch {
  readonly fault: CameraFault | null;
  /** Since when nothing has been seen of it. Null while nothing is expected. */
  readonly lastSignAt: number | null;
  /** The last picture's hash, and since when it has been the same. */
  readonly hash: number | null;
  readonly sameSince: number;
  /** What pictures look like now that should not, and since when. */
  readonly blind: { readonly why: "black" | "covered"; readonly since: number } | null;
  /** Since when every picture has been good, while a fault still stands. */
  readonly goodSince: number | null;
}

export type WatchInput =
  /** Pictures are expected from this time on. */
  | { readonly on: "expect"; readonly at: number }
  | { readonly on: "picture"; readonly at: number; readonly facts: PictureFacts }
  | { readonly on: "lost"; readonly at: number }
  | { readonly on: "time"; readonly at: number };

/** `show`: this picture may be handed out as live. `reopen`: the device should be opened anew. */
export interface Watched {
  readonly watch: Watch;
  readonly show: boolean;
  readonly reopen: boolean;
}

/** Darker than a lit tray ever is; a sensor's dark level and noise stay below. */
const BLACK_MEAN = 10;
/** A tray has a rim and goods have outlines; what lies on the lens is out of focus. Grey levels of 255. */
const COVERED_SPREAD = 12;
const BLURRED_EDGE = 6;
/** A fault is over when pictures have been good for this long: one good picture may be a flash. */
const STEADY_MS = 300;

export const unwatched: Watch = {
  fault: null,
  lastSignAt: null,
  hash: null,
  sameSince: 0,
  blind: null,
  goodSince: null,
};

function looksBlind({ mean, spread, edge }: PictureFacts): "black" | "covered" | null {
  if (edge >= BLURRED_EDGE) return null;
  if (mean < BLACK_MEAN) return "black";
  return spread < COVERED_SPREAD ? "covered" : null;
}

function bad(watch: Watch, fault: CameraFault | null): Watched {
  return { watch: { ...watch, fault: fault ?? watch.fault, goodSince: null }, show: false, reopen: false };
}

function onPicture(before: Watch, at: number, facts: PictureFacts, rules: FaultRules): Watched {
  const same = before.hash === facts.hash;
  const sameSince = same ? before.sameSince : at;
  const why = rules.blindAfterMs > 0 ? looksBlind(facts) : null;
  const blind = why === null ? null : { why, since: before.blind?.why === why ? before.blind.since : at };
  const watch: Watch = { ...before, lastSignAt: at, hash: facts.hash, sameSince, blind };

  // A blind picture is withheld at once: an empty-looking tray would take every line out of the basket.
  if (blind !== null) return bad(watch, at - blind.since >= rules.blindAfterMs ? blind.why : null);
  if (rules.frozenAfterMs > 0 && same && at - sameSince >= rules.frozenAfterMs) {
    return { ...bad({ ...watch, sameSince: at }, "frozen"), reopen: true };
  }
  // Once frozen, the very same picture stays stale, however often the device is opened again.
  if (before.fault === "frozen" && same) return bad(watch, null);
  if (before.fault === null) return { watch, show: true, reopen: false };

  const goodSince = before.goodSince ?? at;
  const steady = at - goodSince >= STEADY_MS;
  return steady
    ? { watch: { ...watch, fault: null, goodSince: null }, show: true, reopen: false }
    : { watch: { ...watch, goodSince }, show: false, reopen: false };
}

/** One step of the camera's fault detection. */
export function watchCamera(before: Watch, input: WatchInput, rules: FaultRules): Watched {
  switch (input.on) {
    case "expect":
      return { watch: { ...before, lastSignAt: input.at }, show: false, reopen: false };
    case "picture":
      return onPicture(before, input.at, input.facts, rules);
    case "lost":
      // A frozen device that is opened again is still frozen until it shows another picture.
      return {
        ...bad({ ...before, lastSignAt: null, blind: null }, before.fault === "frozen" ? null : "unplugged"),
        reopen: true,
      };
    case "time": {
      const silent = before.lastSignAt !== null && input.at - before.lastSignAt >= rules.hungAfterMs;
      if (!silent) return { watch: before, show: false, reopen: false };
      return { ...bad({ ...before, lastSignAt: null }, "hung"), reopen: true };
    }
  }
}
