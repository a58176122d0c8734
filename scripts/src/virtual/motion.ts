import { InvariantError } from "@tillsight/contracts";
import { type HandPose, type ItemPose, type Light, PICTURE, type Scene } from "./scene.js";
import { applyStep, type Shopper, type Step, type Table, type TrayScript } from "./script.js";

/** What stays while one thing happens. */
export interface Stage {
  readonly ground: Scene["ground"];
  readonly light: Light;
  readonly table: Table;
}

/** Something that happens at the tray: a scene for each moment of `durationMs`, and how it leaves the tray. */
export interface Motion {
  readonly durationMs: number;
  /** `elapsed` 0..durationMs. */
  at(elapsed: number): Scene;
  readonly after: Stage;
}

/** How long a hand takes over the tray's edge and back, ms; what an unhurried person needs. */
const REACH_MS = 700;
const CARRY_MS = 600;

export const startOf = (tray: TrayScript): Stage => ({ ground: tray.ground, light: tray.light, table: [] });

/** The scene when nothing happens. */
export const restingScene = (stage: Stage): Scene => ({
  ground: stage.ground,
  light: stage.light,
  items: stage.table.map((item) => item.pose),
  carried: [],
  hand: null,
});

/** How `step` looks. `look` and `wait` have nothing to see but a still tray. */
export function motionOf(stage: Stage, step: Step, shopper: Shopper): Motion {
  const after: Stage = { ...stage, table: applyStep(stage.table, step) };
  switch (step.do) {
    case "bring":
      return bring(
        stage,
        after,
        step.items.map((item) => item.pose),
        shopper,
      );
    case "take":
      return take(stage, after, step.id, shopper);
    case "move":
      return move(stage, after, step.id, shopper);
    case "turn":
      return turn(stage, after, step.id, step.by, shopper);
    case "cover":
      return cover(stage, step, shopper);
    case "light":
      return changeLight(stage, step.to, step.overMs);
    case "look":
      return { durationMs: 0, at: () => restingScene(stage), after };
    case "wait":
      return { durationMs: step.ms, at: () => restingScene(stage), after };
  }
}

/** All that lies there goes away at once: the tray is emptied. */
export function clearing(stage: Stage, shopper: Shopper): Motion {
  const poses = stage.table.map((item) => item.pose);
  const after: Stage = { ...stage, table: [] };
  const gesture = reach(middle(poses), shopper);
  const durationMs = REACH_MS + CARRY_MS;
  const at = (elapsed: number): Scene => {
    if (elapsed < REACH_MS) return { ...restingScene(stage), hand: gesture.hand(ease(elapsed / REACH_MS)) };
    const way = 1 - ease((elapsed - REACH_MS) / CARRY_MS);
    const carried = poses.map((pose) => gesture.carry(pose, way, 2.2));
    return { ...restingScene(after), carried, hand: gesture.hand(way) };
  };
  return { durationMs, at, after };
}

function bring(stage: Stage, after: Stage, poses: readonly ItemPose[], shopper: Shopper): Motion {
  const gesture = reach(middle(poses), shopper);
  const at = (elapsed: number): Scene => {
    const way = ease(elapsed / REACH_MS);
    if (elapsed < REACH_MS)
      return {
        ...restingScene(stage),
        carried: poses.map((pose) => gesture.carry(pose, way)),
        hand: gesture.hand(way),
      };
    return { ...restingScene(after), hand: gesture.hand(1 - ease((elapsed - REACH_MS) / REACH_MS)) };
  };
  return { durationMs: 2 * REACH_MS, at, after };
}

function take(stage: Stage, after: Stage, id: string, shopper: Shopper): Motion {
  const pose = poseOf(stage, id);
  const gesture = reach(pose, shopper);
  const at = (elapsed: number): Scene => {
    if (elapsed < REACH_MS) return { ...restingScene(stage), hand: gesture.hand(ease(elapsed / REACH_MS)) };
    const way = 1 - ease((elapsed - REACH_MS) / REACH_MS);
    return { ...restingScene(after), carried: [gesture.carry(pose, way)], hand: gesture.hand(way) };
  };
  return { durationMs: 2 * REACH_MS, at, after };
}

function move(stage: Stage, after: Stage, id: string, shopper: Shopper): Motion {
  const from = poseOf(stage, id);
  const to = poseOf(after, id);
  const others: Stage = { ...stage, table: stage.table.filter((item) => item.pose.id !== id) };
  const gesture = reach(from, shopper);
  const back = reach(to, shopper);
  const at = (elapsed: number): Scene => {
    if (elapsed < REACH_MS) return { ...restingScene(stage), hand: gesture.hand(ease(elapsed / REACH_MS)) };
    if (elapsed >= REACH_MS + CARRY_MS) {
      const way = 1 - ease((elapsed - REACH_MS - CARRY_MS) / REACH_MS);
      return { ...restingScene(after), hand: back.hand(way) };
    }
    const way = ease((elapsed - REACH_MS) / CARRY_MS);
    const x = from.x + (to.x - from.x) * way;
    const y = from.y + (to.y - from.y) * way;
    return { ...restingScene(others), carried: [{ ...from, x, y }], hand: { ...gesture.hand(1), x, y } };
  };
  return { durationMs: 2 * REACH_MS + CARRY_MS, at, after };
}

function turn(stage: Stage, after: Stage, id: string, by: number, shopper: Shopper): Motion {
  const pose = poseOf(stage, id);
  const others: Stage = { ...stage, table: stage.table.filter((item) => item.pose.id !== id) };
  const gesture = reach(pose, shopper);
  const at = (elapsed: number): Scene => {
    if (elapsed < REACH_MS) return { ...restingScene(stage), hand: gesture.hand(ease(elapsed / REACH_MS)) };
    if (elapsed >= REACH_MS + CARRY_MS) {
      const way = 1 - ease((elapsed - REACH_MS - CARRY_MS) / REACH_MS);
      return { ...restingScene(after), hand: gesture.hand(way) };
    }
    const turned = { ...pose, turn: pose.turn + by * ease((elapsed - REACH_MS) / CARRY_MS) };
    return { ...restingScene(others), carried: [turned], hand: gesture.hand(1) };
  };
  return { durationMs: 2 * REACH_MS + CARRY_MS, at, after };
}

function cover(stage: Stage, step: Extract<Step, { do: "cover" }>, shopper: Shopper): Motion {
  const gesture = reach(step, { ...shopper, grip: "1f590" });
  const at = (elapsed: number): Scene => {
    const leaving = elapsed - REACH_MS - step.forMs;
    const way = leaving > 0 ? 1 - ease(leaving / REACH_MS) : ease(elapsed / REACH_MS);
    const hand = gesture.hand(way);
    // Nobody holds a hand quite still: about 8 Hz, a pixel or so (physiological tremor).
    const tremor = Math.sin((elapsed / 1000) * 2 * Math.PI * 8) * 1.2;
    return { ...restingScene(stage), hand: { ...hand, x: hand.x + tremor, y: hand.y - tremor } };
  };
  return { durationMs: 2 * REACH_MS + step.forMs, at, after: stage };
}

function changeLight(stage: Stage, to: Light, overMs: number): Motion {
  const from = stage.light;
  const at = (elapsed: number): Scene => {
    const way = Math.min(1, elapsed / overMs);
    const mix = (a: number, b: number): number => a + (b - a) * way;
    const light: Light = {
      brightness: mix(from.brightness, to.brightness),
      warmth: mix(from.warmth, to.warmth),
      from: mix(from.from, to.from),
      slope: mix(from.slope, to.slope),
    };
    return { ...restingScene(stage), light };
  };
  return { durationMs: overMs, at, after: { ...stage, light: to } };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Gesture {
  /** The hand on its way in: 0 is out of the picture, 1 is there. */
  hand(way: number): HandPose;
  /**
   * A thing in the hand, which is as far from its place as the hand is; things carried together are close
   * together at first. `far` stretches the way out.
   */
  carry(pose: ItemPose, way: number, far?: number): ItemPose;
}

/** A hand that comes over the shopper's side of the picture to `target`. */
function reach(target: Point, shopper: Shopper): Gesture {
  const outside = 300;
  const entries: Record<Shopper["side"], Point> = {
    below: { x: target.x * 0.7 + PICTURE.width * 0.15, y: PICTURE.height + outside },
    left: { x: -outside, y: target.y * 0.6 + PICTURE.height * 0.35 },
    right: { x: PICTURE.width + outside, y: target.y * 0.6 + PICTURE.height * 0.35 },
  };
  const entry = entries[shopper.side];
  const [dx, dy] = [entry.x - target.x, entry.y - target.y];
  // Whole steps of 5 degrees, so that drawn hands are found again.
  const pointing = Math.round((Math.atan2(-dx, dy) * 180) / Math.PI / 5) * 5;
  return {
    hand: (way) => ({
      art: shopper.grip,
      tone: shopper.tone,
      sleeve: shopper.sleeve,
      x: target.x + dx * (1 - way),
      y: target.y + dy * (1 - way),
      turn: pointing,
      size: shopper.handSize,
    }),
    carry: (pose, way, far = 1) => {
      const spread = 0.45 + 0.55 * way;
      return {
        ...pose,
        x: target.x + (pose.x - target.x) * spread + dx * (1 - way) * far,
        y: target.y + (pose.y - target.y) * spread + dy * (1 - way) * far,
      };
    },
  };
}

function middle(poses: readonly Point[]): Point {
  if (poses.length === 0) return { x: PICTURE.width / 2, y: PICTURE.height / 2 };
  const sum = poses.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }));
  return { x: sum.x / poses.length, y: sum.y / poses.length };
}

function poseOf(stage: Stage, id: string): ItemPose {
  const item = stage.table.find((candidate) => candidate.pose.id === id);
  if (!item) throw new InvariantError(`the script handles ${id}, which does not lie on the tray`);
  return item.pose;
}

/** Slow at both ends, as hands are. */
function ease(way: number): number {
  const t = Math.min(1, Math.max(0, way));
  return t * t * (3 - 2 * t);
}
