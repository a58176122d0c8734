import type { Finding, Verdict } from "./verdict.js";

/** A photo that would add least of all to what lanes know of its product. */
export const surplusFinding: Finding = {
  ...{ code: "surplus", grade: "refuse" },
  message: "the product has all the photos it may have, and this one would add least",
  fix: "Nothing needs doing; accept it and it takes the place of another one.",
};

/** What gave way to a photo. */
export const replacesFinding = (references: readonly string[]): Finding => ({
  ...{ code: "replaces", grade: "note" },
  message: `it takes the place of ${references.join(", ")}, which showed less`,
  fix: "Nothing needs doing.",
});

export const withFinding = (verdict: Verdict, finding: Finding): Verdict => ({
  ...verdict,
  findings: [...verdict.findings, finding],
});
