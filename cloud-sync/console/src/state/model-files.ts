/** A network's two files among those that somebody dropped; null when they are not one manifest and one network. */
export function pickModelFiles<F extends { readonly name: string }>(
  files: readonly F[],
): { readonly manifest: F; readonly weights: F } | null {
  const ending = (text: string) => files.filter(({ name }) => name.toLowerCase().endsWith(text));
  const [[manifest, ...more], [weights, ...others]] = [ending(".json"), ending(".onnx")];
  return manifest && weights && more.length + others.length === 0 && files.length === 2
    ? { manifest, weights }
    : null;
}
