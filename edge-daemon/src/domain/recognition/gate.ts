import type { Box } from "@tillsight/contracts";
import {
  type Border,
  type BorderLooks,
  borderOf,
  type Crossing,
  coveredBy,
  findCrossing,
  learnLook,
  looksBare,
} from "./border.js";
import { colourExcess, eachPlane, lightGains, type Planes, type TrayGrid } from "./tray-grid.js";

export interface GateSettings {
  /** The picture must be still for this long, ms. */
  readonly settleMs: number;
  /** And for this many frames, so that a slow camera does not settle on one picture. */
  readonly settleFrames: number;
  /** Still, and the border differs everywhere: the light has changed; learned anew after this, ms. */
  readonly lightMs: number;
  /** Still, and goods explain what lies at the edge: learned after this, ms. */
  readonly edgeGoodsMs: number;
  /**
   * Still, and nothing explains it: a hand that rests, or a lamp that came on from one side. Learned after this, ms:
   * longer than anyone holds an arm quite still, short enough for a shopper to wait out a change of light.
   */
  readonly restingMs: number;
}

export const defaultGateSettings: GateSettings = {
  settleMs: 250,
  settleFrames: 3,
  lightMs: 1_000,
  edgeGoodsMs: 1_500,
  restingMs: 12_000,
};

/** A cell has changed when it differs by this many steps of 8 bits more than light explains. */
const CHANGE = 10;
/** Share of the cells that must change: about a thumb on a tray. */
const CHANGE_SHARE = 0.0025;
/** How fast the still picture that frames are compared with follows slow light: share of the difference a frame. */
const FOLLOW = 0.05;

/** Everything the gate remembers. `still` is the picture that new ones are compared with. */
export interface GateState {
  readonly still: TrayGrid | null;
  readonly stillSince: number;
  readonly stillFrames: number;
  readonly looks: BorderLooks;
  readonly crossing: Crossing;
  /** Goods were looked for at the edge since the picture became still. */
  readonly askedGoods: boolean;
  /** Counts up each time the tray settles after it moved. */
  readonly epoch: number;
  readonly settled: boolean;
}

export const freshGate: GateState = {
  still: null,
  stillSince: 0,
  stillFrames: 0,
  looks: [],
  crossing: { kind: "clear", places: [] },
  askedGoods: false,
  epoch: 0,
  settled: false,
};

/** Why nothing may be decided now; `settled` says that it may. */
export type GateVerdict = "settled" | "moving" | "settling" | "handResting";

export interface GateStep {
  readonly state: GateState;
  readonly verdict: GateVerdict;
  /** The gate wants to know what goods lie at the edge: detect on this frame and call `explainEdge`. */
  readonly wantsGoods: boolean;
  /** Settling, with no arm in sight: the tray will probably stay as it is in this frame. */
  readonly promising: boolean;
}

/** Part of `settleMs` after which a still tray is promising. */
const PROMISING = 0.3;

function changed(still: TrayGrid, now: TrayGrid): boolean {
  if (still.columns !== now.columns || still.rows !== now.rows) return true;
  const gains = lightGains(still.planes, now.planes, 7);
  const count = still.planes[0].length;
  const limit = Math.max(2, CHANGE_SHARE * count);
  let cells = 0;
  for (let i = 0; i < count; i++) {
    if (colourExcess(still.planes, now.planes, i, gains) > CHANGE && ++cells > limit) return true;
  }
  return false;
}

function follow(still: Planes, now: Planes): Planes {
  return eachPlane(still, (plane, channel) => {
    const target = now[channel];
    return plane.map((v, i) => v + FOLLOW * ((target[i] as number) - v));
  });
}

/** Whether the border that was seen for `quiet` ms may be taken for the tray's own. */
function mayLearn(crossing: Crossing, border: Border, quiet: number, s: GateSettings): boolean {
  if (crossing.kind === "clear") return false;
  if (crossing.kind === "widespread") return quiet >= s.lightMs;
  return quiet >= s.restingMs || (quiet >= s.lightMs && looksBare(border, crossing.places));
}

/**
 * Looks at one frame (`at` in ms, monotonic). Still means: no more changed than slow light and noise explain,
 * for long enough, and nothing crosses the picture's edge, as every arm does and goods on the tray do not.
 */
export function gateStep(state: GateState, grid: TrayGrid, at: number, settings: GateSettings): GateStep {
  if (!state.still || changed(state.still, grid)) {
    const next = { ...state, still: grid, stillSince: at, stillFrames: 1, settled: false, askedGoods: false };
    return { state: next, verdict: "moving", wantsGoods: false, promising: false };
  }
  const stillFrames = state.stillFrames + 1;
  const quiet = at - state.stillSince;
  const base = {
    ...state,
    stillFrames,
    still: state.settled ? { ...grid, planes: follow(state.still.planes, grid.planes) } : state.still,
  };
  if (quiet < settings.settleMs || stillFrames < settings.settleFrames)
    return {
      ...{ state: { ...base, settled: false }, verdict: "settling", wantsGoods: false },
      promising: quiet >= PROMISING * settings.settleMs && isClear(state.looks, borderOf(grid)),
    };
  return judgeBorder(base, grid, quiet, settings);
}

const isClear = (looks: BorderLooks, border: Border): boolean =>
  looks.length > 0 && findCrossing(looks, border).kind === "clear";

function judgeBorder(state: GateState, grid: TrayGrid, quiet: number, settings: GateSettings): GateStep {
  const border = borderOf(grid);
  const crossing = findCrossing(state.looks, border);
  if (state.looks.length > 0 && crossing.kind !== "clear" && !mayLearn(crossing, border, quiet, settings)) {
    const wantsGoods = crossing.kind === "local" && !state.askedGoods && quiet >= settings.edgeGoodsMs;
    const next = { ...state, crossing, settled: false, askedGoods: state.askedGoods || wantsGoods };
    return { state: next, verdict: "handResting", wantsGoods, promising: false };
  }
  const clear = crossing.kind === "clear" && state.looks.length > 0;
  const next: GateState = {
    ...state,
    looks: clear ? refresh(state.looks, border) : learnLook(state.looks, border),
    crossing: { kind: "clear", places: [] },
    epoch: state.settled ? state.epoch : state.epoch + 1,
    settled: true,
  };
  return { state: next, verdict: "settled", wantsGoods: false, promising: false };
}

/** The look that fits best follows slow changes, brightness and all. */
function refresh(looks: BorderLooks, border: Border): BorderLooks {
  const off = (look: Border) =>
    border[1].reduce((sum, v, i) => sum + Math.abs(v - (look[1][i] as number)), 0);
  const [fitting] = looks.map((look) => ({ look, off: off(look) })).sort((a, b) => a.off - b.off);
  if (!fitting) return looks;
  return [follow(fitting.look, border), ...looks.filter((l) => l !== fitting.look)];
}

/**
 * Answers `wantsGoods`: `boxes` are the goods found, in cells of the grid. Where they explain all that crosses
 * the edge, that look is learned and the tray settles with the next frame; else it goes on waiting.
 */
export function explainEdge(state: GateState, grid: TrayGrid, boxes: readonly Box[]): GateState {
  if (state.crossing.kind !== "local" || !coveredBy(grid, state.crossing.places, boxes)) return state;
  return { ...state, looks: learnLook(state.looks, borderOf(grid)) };
}
