import { createHash } from "node:crypto";

const weight = (copy: string, what: string): string =>
  createHash("sha256").update(`${copy}\n${what}`).digest("hex");

/**
 * Which of `copies` looks after `what` (rendezvous hashing): all who know the same copies choose the same one, and
 * when one goes only what was its changes hands. Undefined without copies.
 */
export function ownerOf(copies: readonly string[], what: string): string | undefined {
  let best: { readonly copy: string; readonly weight: string } | undefined;
  for (const copy of copies) {
    const own = weight(copy, what);
    if (!best || own > best.weight) best = { copy, weight: own };
  }
  return best?.copy;
}
