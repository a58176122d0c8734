/**
 * The first of the wanted languages (BCP 47 tags, the dearest first) that a page speaks; `otherwise` when it speaks
 * none.
 */
export function chooseLocale<L extends string>(
  spoken: readonly L[],
  wanted: readonly (string | null)[],
  otherwise: L,
): L {
  for (const tag of wanted) {
    const primary = tag?.toLowerCase().split("-")[0];
    const known = spoken.find((locale) => locale === primary);
    if (known) return known;
  }
  return otherwise;
}
