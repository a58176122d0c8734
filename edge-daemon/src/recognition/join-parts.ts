import type { Detection } from "@tillsight/models";
import { around, isOneItem, type Piece, pairsToTry } from "../domain/recognition/parts.js";
import type { Glimpse } from "./glimpse.js";

function pieceOf({ detection, near, sku }: Glimpse): Piece {
  const [first] = near;
  const score = first?.score ?? -1;
  const second = near.find((n) => n.sku !== first?.sku)?.score ?? -1;
  return { box: detection.box, sku, best: first?.sku ?? null, score, lead: score - second };
}

/**
 * Goods of two parts, such as a carrot and its leaves, may be detected as two items. Where a small one that no
 * reference is like touches a larger one, both are looked at together; what the catalog then knows is one item.
 * @param glimpse embeds what is in the boxes and asks the catalog, in order.
 */
export async function joinParts(
  seen: readonly Glimpse[],
  glimpse: (detections: readonly Detection[]) => Promise<readonly Glimpse[]>,
): Promise<readonly Glimpse[]> {
  const pieces = seen.map(pieceOf);
  const pairs = pairsToTry(pieces);
  if (pairs.length === 0) return seen;
  const asOne = pairs.map(({ box, whole }) => ({ ...(seen[whole] as Glimpse).detection, box }));
  const together = await glimpse(asOne);
  const joined: (Glimpse | null)[] = [...seen];
  pairs.forEach(({ part, whole }, i) => {
    const both = together[i];
    const larger = joined[whole];
    const [small, large] = [pieces[part], pieces[whole]];
    if (!both || !larger || !joined[part] || !small || !large) return;
    if (!isOneItem(small, large, pieceOf(both))) return;
    const box = around(larger.detection.box, small.box);
    const best = pieceOf(both).score > large.score ? both : larger;
    joined[whole] = { ...best, detection: { ...larger.detection, box } };
    joined[part] = null;
  });
  return joined.filter((one) => one !== null);
}
