import type { Gtin, Sku } from "@tillsight/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, decisionKey } from "./decide.js";
import { explain } from "./explain.js";
import { oddsOf } from "./odds.js";
import { calibration } from "./odds-fixture.js";
import { acceptFrom, defaultPrices } from "./prices.js";
import type { Surroundings } from "./surroundings.js";
import { type AskAbout, addFrame, type NearReference, noEvidence } from "./votes.js";

const rule = { match: 0.8, ambiguous: 0.6, margin: 0.05, calibration, prices: defaultPrices };

const skus = ["a", "b", "c", "d", "e", "f"] as Sku[];
const similarity = fc.double({ min: 0, max: 1, noNaN: true });
const abouts = fc
  .array(fc.record({ references: fc.integer({ min: 1, max: 6 }), kin: similarity, crowd: similarity }), {
    minLength: skus.length,
    maxLength: skus.length,
  })
  .map(
    (list): AskAbout =>
      (sku) =>
        (list[skus.indexOf(sku)] as Surroundings | undefined) ?? null,
  );
/** Similarities of all references of all products: what a small store's search gives for one frame. */
const frame = fc
  .array(fc.array(similarity, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: skus.length })
  .map((all): NearReference[] =>
    all.flatMap((scores, i) =>
      scores.map((score, n) => ({ sku: skus[i] as Sku, referenceId: `${skus[i]}-${n}`, score })),
    ),
  );
const frames = fc.array(frame, { minLength: 1, maxLength: 6 });
const shuffled = fc.integer({ min: 0, max: 1_000_000 });

/** The same list in another order, by a small generator of its own so that a failure can be repeated. */
function reorder<T>(list: readonly T[], seed: number): T[] {
  let state = seed + 1;
  return list
    .map((value) => {
      state = (state * 48_271) % 2_147_483_647;
      return { value, key: state };
    })
    .sort((x, y) => x.key - y.key)
    .map(({ value }) => value);
}

const seen = (of: readonly NearReference[][], about: AskAbout) =>
  of.reduce((evidence, near) => addFrame(evidence, near, about), noEvidence);
const probability = (of: readonly NearReference[][], about: AskAbout, sku: Sku) =>
  oddsOf(seen(of, about), calibration, 0.2).ranked.find(({ vote }) => vote.sku === sku)?.probability ?? 0;

describe("probabilities of what an item is", () => {
  it("together with none of the catalog they are everything, and each is between 0 and 1", () =>
    fc.assert(
      fc.property(frames, abouts, (of, about) => {
        const { ranked, none } = oddsOf(seen(of, about), calibration, 0.2);
        const all = [none, ...ranked.map((r) => r.probability)];
        expect(all.every((p) => p >= 0 && p <= 1)).toBe(true);
        expect(all.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
      }),
    ));

  it("a reference that comes nearer never makes its product less likely", () =>
    fc.assert(
      fc.property(frames, abouts, fc.nat(), fc.nat(), similarity, (of, about, f, r, nearer) => {
        const chosen = f % of.length;
        const near = of[chosen] as NearReference[];
        const one = near[r % near.length] as NearReference;
        const better = of.map((list, i) =>
          i !== chosen ? list : list.map((n) => (n === one ? { ...n, score: Math.max(n.score, nearer) } : n)),
        );
        expect(probability(better, about, one.sku)).toBeGreaterThanOrEqual(
          probability(of, about, one.sku) - 1e-9,
        );
      }),
    ));

  it("neither the order of references nor the order of frames matters", () =>
    fc.assert(
      fc.property(frames, abouts, shuffled, (of, about, seed) => {
        const again = reorder(
          of.map((near) => reorder(near, seed)),
          seed,
        );
        for (const sku of skus)
          expect(probability(again, about, sku)).toBeCloseTo(probability(of, about, sku), 6);
      }),
    ));

  it("the same frame again and again makes nothing certain", () =>
    fc.assert(
      fc.property(frame, abouts, (near, about) => {
        const often = oddsOf(seen(new Array(12).fill(near), about), calibration, 0.2);
        const once = oddsOf(seen([near], about), calibration, 0.2);
        const odds = (p: number) => Math.log(Math.max(1e-12, p) / Math.max(1e-12, 1 - p));
        for (const { vote, probability: p } of once.ranked.slice(0, 1)) {
          const later = often.ranked.find((r) => r.vote.sku === vote.sku)?.probability ?? 0;
          expect(Math.abs(odds(later))).toBeLessThanOrEqual(Math.abs(odds(p)) * 1.25 + 4);
        }
      }),
    ));

  it("more strangers make every product less likely", () =>
    fc.assert(
      fc.property(frames, abouts, (of, about) => {
        const evidence = seen(of, about);
        const few = oddsOf(evidence, calibration, 0.05);
        const many = oddsOf(evidence, calibration, 0.5);
        expect(many.none).toBeGreaterThanOrEqual(few.none);
      }),
    ));
});

describe("decisions by price", () => {
  it("what is taken without asking is as likely as the price of a wrong line demands", () =>
    fc.assert(
      fc.property(frames, abouts, fc.integer({ min: 1, max: 1000 }), (of, about, wrongLine) => {
        const prices = { ...defaultPrices, wrongLine };
        const evidence = seen(of, about);
        const decision = decide(evidence, [], { ...rule, prices });
        const likeliest = oddsOf(evidence, calibration, prices.strangers).ranked[0]?.probability ?? 0;
        expect(decision.kind === "matched").toBe(likeliest >= acceptFrom(prices));
      }),
    ));

  it("a dearer mistake never takes more", () =>
    fc.assert(
      fc.property(frames, abouts, (of, about) => {
        const at = (wrongLine: number) =>
          decide(seen(of, about), [], { ...rule, prices: { ...defaultPrices, wrongLine } }).kind ===
          "matched";
        expect(at(1000) && !at(10)).toBe(false);
      }),
    ));

  it("a question has two to four different products, likeliest first", () =>
    fc.assert(
      fc.property(frames, abouts, (of, about) => {
        const decision = decide(seen(of, about), [], rule);
        if (decision.kind !== "ambiguous") return;
        const names = decision.candidates.map(({ sku }) => sku);
        expect(new Set(names).size).toBe(names.length);
        expect(names.length).toBeGreaterThanOrEqual(2);
        expect(names.length).toBeLessThanOrEqual(4);
      }),
    ));

  it("a barcode that contradicts what the picture clearly shows is never taken in silence", () =>
    fc.assert(
      fc.property(frames, abouts, fc.constantFrom(...skus), (of, about, sku) => {
        const evidence = seen(of, about);
        const picture = decide(evidence, [], rule);
        const decision = decide(evidence, [{ gtin: "4006381333931" as Gtin, sku }], rule);
        if (picture.kind === "matched" && picture.sku !== sku) expect(decision.kind).toBe("conflict");
        else expect(decisionKey(decision)).toBe(`matched ${sku}`);
      }),
    ));

  it("every decision says why: its first is what was nearest, its numbers are those that decided", () =>
    fc.assert(
      fc.property(frames, abouts, (of, about) => {
        const evidence = seen(of, about);
        const decision = decide(evidence, [], rule);
        const why = explain(evidence, decision, rule);
        if (decision.kind === "matched") expect(why.first?.sku).toBe(decision.sku);
        expect(why.because === "sure").toBe((why.first?.probability ?? 0) >= why.needed);
        expect(why.frames).toBe(of.length);
      }),
    ));
});
