import { TRAY } from "./ground.js";
import type { Random } from "./random.js";

/** How near things lie: well apart, touching at the edges, or the next one lying partly on its neighbour. */
export type Crowding = "apart" | "touching" | "overlapping";

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Circle extends Point {
  readonly radius: number;
  /** Something lies on it or under it already: nothing more is put that near. */
  readonly crowded: boolean;
}

/** Of the longest side: most goods fill a circle of this radius, long ones leave room in it. */
const RADIUS = 0.46;
/** Distance of two centres, in sums of their radii. Of two equal circles 0.64 apart a quarter of the lower is hidden. */
const distances: Record<Crowding, readonly [least: number, most: number]> = {
  apart: [1.1, Number.POSITIVE_INFINITY],
  touching: [0.94, 1.02],
  overlapping: [0.56, 0.74],
};

/** Nearer than this, in sums of radii, one thing lies on the other. */
export const CROWDED = 0.9;

export const radiusOf = (size: number): number => size * RADIUS;

/**
 * A free place for a thing of `size` pixels on the tray. `touching` and `overlapping` look for one neighbour to
 * be that near to; all others stay apart. Null when the tray has no such place left.
 */
export function findPlace(
  placed: readonly Circle[],
  size: number,
  crowding: Crowding,
  random: Random,
): Point | null {
  const radius = radiusOf(size);
  const free = placed.filter((circle) => !circle.crowded);
  for (let attempt = 0; attempt < 400; attempt++) {
    const neighbour = crowding === "apart" || free.length === 0 ? null : random.pick(free);
    const at = neighbour ? beside(neighbour, radius, crowding, random) : anywhere(radius, random);
    if (!onTray(at, radius)) continue;
    if (placed.every((other) => other === neighbour || apart(at, radius, other))) return at;
  }
  return null;
}

function anywhere(radius: number, random: Random): Point {
  // People put things down in the middle rather than at the rim.
  const towardsMiddle = (): number => (random.next() + random.next()) / 2;
  return {
    x: Math.round(TRAY.x + radius + towardsMiddle() * (TRAY.w - 2 * radius)),
    y: Math.round(TRAY.y + radius + towardsMiddle() * (TRAY.h - 2 * radius)),
  };
}

function beside(neighbour: Circle, radius: number, crowding: Crowding, random: Random): Point {
  const [least, most] = distances[crowding];
  const distance = random.between(least, most) * (radius + neighbour.radius);
  const angle = random.between(0, 2 * Math.PI);
  return {
    x: Math.round(neighbour.x + Math.cos(angle) * distance),
    y: Math.round(neighbour.y + Math.sin(angle) * distance),
  };
}

function onTray(at: Point, radius: number): boolean {
  return (
    at.x >= TRAY.x + radius &&
    at.x <= TRAY.x + TRAY.w - radius &&
    at.y >= TRAY.y + radius &&
    at.y <= TRAY.y + TRAY.h - radius
  );
}

function apart(at: Point, radius: number, other: Circle): boolean {
  const least = distances.apart[0] * (radius + other.radius);
  return (at.x - other.x) ** 2 + (at.y - other.y) ** 2 >= least ** 2;
}
