import type { TrayState } from "@tillsight/contracts";
import sharp from "sharp";
import { goods } from "./goods.js";

/** JPEG of a tray with one coloured shape for each item, so that boxes can be seen to fit. */
export async function drawTray(tray: TrayState): Promise<Uint8Array> {
  const shapes = tray.items.map(({ box, decision }) => {
    const sku =
      decision.kind === "matched"
        ? decision.sku
        : decision.kind === "ambiguous"
          ? decision.candidates[0]?.sku
          : undefined;
    const fill = goods[sku ?? ""]?.colour ?? "#70757a";
    const [cx, cy] = [box.x + box.w / 2, box.y + box.h / 2];
    return `<ellipse cx="${cx + 10}" cy="${cy + 16}" rx="${box.w * 0.43}" ry="${box.h * 0.43}" fill="#000" opacity=".25"/>
      <ellipse cx="${cx}" cy="${cy}" rx="${box.w * 0.43}" ry="${box.h * 0.43}" fill="${fill}"/>
      <ellipse cx="${cx - box.w * 0.14}" cy="${cy - box.h * 0.16}" rx="${box.w * 0.14}" ry="${box.h * 0.1}" fill="#fff" opacity=".35"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${tray.width}" height="${tray.height}">
    <rect width="100%" height="100%" fill="#d9d3c7"/><rect x="24" y="24" width="${tray.width - 48}" height="${tray.height - 48}" rx="40" fill="#e8e3d9"/>
    ${shapes.join("")}</svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 80 }).toBuffer();
}
