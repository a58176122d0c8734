import sharp from "sharp";
import type { Canvas } from "./paint.js";
import { type Ground, PICTURE } from "./scene.js";

interface GroundLook {
  readonly counter: string;
  readonly tray: string;
  readonly rim: string;
  /** Frequency of the texture along x and y, and how strong it is, 0..1. */
  readonly grain: readonly [x: number, y: number, strength: number];
}

const looks: Record<Ground, GroundLook> = {
  slate: { counter: "#8d8f92", tray: "#4a4f55", rim: "#3a3e43", grain: [0.35, 0.35, 0.1] },
  oak: { counter: "#d9d4cb", tray: "#b98b5e", rim: "#96693f", grain: [0.004, 0.09, 0.35] },
  steel: { counter: "#6f6a64", tray: "#a9adb0", rim: "#868b8f", grain: [0.002, 0.5, 0.16] },
  linen: { counter: "#a8906f", tray: "#cbc6ba", rim: "#b5af9f", grain: [0.3, 0.3, 0.08] },
  mint: { counter: "#c9c6c0", tray: "#7fae9c", rim: "#67917f", grain: [0.25, 0.25, 0.08] },
};

/** The part of the picture where goods may lie, pixels. */
export const TRAY = { x: 60, y: 44, w: 1160, h: 632 } as const;

/** An empty tray on a counter, evenly lit. */
export async function drawGround(ground: Ground): Promise<Canvas> {
  const { width, height } = PICTURE;
  const look = looks[ground];
  const [fx, fy, strength] = look.grain;
  const grain = (id: string, seed: number) => `
    <filter id="${id}" x="0" y="0" width="100%" height="100%">
      <feTurbulence type="fractalNoise" baseFrequency="${fx} ${fy}" numOctaves="3" seed="${seed}"/>
      <feColorMatrix values="0.6 0 0 0 0.2  0.6 0 0 0 0.2  0.6 0 0 0 0.2  0 0 0 0 ${strength}"/>
      <feComposite in2="SourceGraphic" operator="in"/>
      <feBlend in2="SourceGraphic" mode="multiply"/>
    </filter>`;
  const rect = (inset: number, radius: number, attributes: string) =>
    `<rect x="${TRAY.x - inset}" y="${TRAY.y - inset}" width="${TRAY.w + 2 * inset}" ` +
    `height="${TRAY.h + 2 * inset}" rx="${radius}" ${attributes}/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs>${grain("grain", 7)}
      <filter id="soft" x="-10%" y="-10%" width="120%" height="120%"><feGaussianBlur stdDeviation="9"/></filter>
      <linearGradient id="edge" x1="0" y1="0" x2="1" y2="1">
        <stop offset="0" stop-color="#fff" stop-opacity="0.35"/>
        <stop offset="0.5" stop-color="#fff" stop-opacity="0"/>
        <stop offset="1" stop-color="#000" stop-opacity="0.3"/>
      </linearGradient>
    </defs>
    <rect width="100%" height="100%" fill="${look.counter}"/>
    ${rect(22, 46, `fill="#000" opacity="0.45" transform="translate(6 9)" filter="url(#soft)"`)}
    ${rect(22, 46, `fill="${look.rim}"`)}
    ${rect(22, 46, `fill="url(#edge)"`)}
    ${rect(2, 30, `fill="${look.tray}" filter="url(#grain)"`)}
    ${rect(2, 30, `fill="none" stroke="#000" stroke-opacity="0.22" stroke-width="6"`)}
  </svg>`;
  const { data } = await sharp(Buffer.from(svg)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width, height, data: new Uint8ClampedArray(data) };
}
