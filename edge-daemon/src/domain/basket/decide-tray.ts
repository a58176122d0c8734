import { type Candidate, type LineItemId, type Product, priceAt, type Sku } from "@tillsight/contracts";
import type { Draft, ObservedItem } from "./commands.js";
import { type Evidence, evidenceOf, unscored } from "./identify.js";
import { isPersonsChoice, type LineState } from "./state.js";

/** The product, if this lane can sell it: known, and priced in the lane's currency. */
export function sellableProduct(draft: Draft, sku: Sku): Product | undefined {
  const product = draft.context.product(sku);
  const { status, currency } = draft.state;
  const open = status === "shopping" || status === "paying" || status === "suspended";
  if (!product) return undefined;
  const wanted = open ? currency : draft.context.currency;
  return priceAt(product, draft.at).currency === wanted ? product : undefined;
}

const evidenceFor = (draft: Draft, item: ObservedItem): Evidence =>
  evidenceOf(item.decision, (sku) => sellableProduct(draft, sku), draft.at);

/** How well an item fits a line of before the tracker began anew; 0: it cannot be the same thing. */
function likeness(evidence: Evidence, line: { product: { sku: string } | null; person: boolean }): number {
  const sku = line.product?.sku;
  if (evidence.product) return evidence.product.sku === sku ? 4 : sku === undefined ? 1 : 0;
  if (sku === undefined) return 2;
  if (evidence.candidates.some((c) => c.sku === sku)) return 3;
  // Recognition could not name it then either, and a person did.
  return line.person ? 1 : 0;
}

/** Finds items of before the tracker began anew again, best fit first; what is not found was taken away. */
function adopt(draft: Draft, items: readonly ObservedItem[]): void {
  const { lines, dismissed } = draft.state;
  const adrift = [
    ...lines.map((l) => ({
      was: l.trayItemId,
      adrift: l.adrift,
      product: l.product,
      person: isPersonsChoice(l),
    })),
    ...dismissed.map((d) => ({
      was: d.trayItemId,
      adrift: d.adrift,
      product: d.sku ? { sku: d.sku } : null,
      person: false,
    })),
  ].filter((candidate) => candidate.adrift);
  if (adrift.length === 0) return;
  const pairs = items
    .flatMap((item) => {
      const evidence = evidenceFor(draft, item);
      return adrift.map((a) => ({ was: a.was, now: item.id, fit: likeness(evidence, a) }));
    })
    .filter((pair) => pair.fit > 0)
    .sort((a, b) => b.fit - a.fit);
  const taken = new Set<string>();
  for (const { was, now } of pairs) {
    if (was === null || taken.has(`was ${was}`) || taken.has(`now ${now}`)) continue;
    taken.add(`was ${was}`).add(`now ${now}`);
    draft.emit({ type: "trayItemRebound", was, now });
  }
}

function dropWhatIsGone(draft: Draft, present: ReadonlySet<string>): void {
  for (const line of draft.state.lines) {
    if (line.trayItemId === null || (!line.adrift && present.has(line.trayItemId))) continue;
    draft.emit({ type: "lineRemoved", lineItemId: line.id, reason: "taken" });
  }
  for (const item of draft.state.dismissed) {
    if (!item.adrift && present.has(item.trayItemId)) continue;
    draft.emit({ type: "trayItemForgotten", trayItemId: item.trayItemId });
  }
}

const skus = (candidates: readonly Candidate[]) => candidates.map((c) => c.sku);

/** By so much more must an item look like something else before that is suggested instead; cosine similarity. */
const clearlyMore = 0.05;

/**
 * Whether what is suggested for an unidentified line is out of date, as when its product was enrolled meanwhile.
 * Only ever for a better one, so that near ties do not fill the journal.
 */
function suggestsBetter(line: LineState, [best]: readonly Candidate[]): boolean {
  const [held] = line.candidates;
  if (!best || line.product || line.candidates.length > 1) return false;
  return !held || (best.sku !== held.sku && best.score > held.score + clearlyMore);
}

/** Whether newer evidence leaves a better question than the one the line asks now. */
function asksBetter(line: LineState, candidates: readonly Candidate[], contested: boolean): boolean {
  if (candidates.length < 2) return !contested && suggestsBetter(line, candidates);
  // A weaker decision does not undo a match; a barcode against the picture does.
  if (contested || line.product) return contested;
  if (line.candidates.length < 2) return true;
  // Only ever narrower: a choice that changes to and fro cannot be touched.
  const offered = new Set(skus(line.candidates));
  return candidates.length < offered.size && skus(candidates).every((sku) => offered.has(sku));
}

/** What a later decision may do to a line: name it, or ask; never rename it in silence. */
function improve(draft: Draft, line: LineState, item: ObservedItem): void {
  if (isPersonsChoice(line) || line.contested) return;
  const lineItemId = line.id;
  const evidence = evidenceFor(draft, item);
  const { product } = evidence;
  if (product && !line.product) {
    draft.emit({ type: "lineIdentified", lineItemId, source: evidence.source, product });
  } else if (product && line.product) {
    if (product.sku === line.product.sku) return;
    const score = item.decision.kind === "matched" ? item.decision.score : 0;
    draft.emit({
      type: "lineChoiceOffered",
      lineItemId,
      candidates: [unscored(line.product.sku), { sku: product.sku, score }],
      contested: true,
    });
  } else {
    const contested = item.decision.kind === "conflict";
    const candidates = [...evidence.candidates];
    if (asksBetter(line, candidates, contested))
      draft.emit({ type: "lineChoiceOffered", lineItemId, candidates, contested });
  }
}

function addOrImprove(draft: Draft, item: ObservedItem): void {
  const { lines, dismissed } = draft.state;
  if (dismissed.some((d) => d.trayItemId === item.id)) return;
  const line = lines.find((l) => l.trayItemId === item.id);
  if (line) {
    improve(draft, line, item);
    return;
  }
  const { product, source, candidates } = evidenceFor(draft, item);
  draft.emit({
    type: "lineAdded",
    lineItemId: draft.context.newId() as LineItemId,
    trayItemId: item.id,
    source,
    product,
    candidates: [...candidates],
    contested: item.decision.kind === "conflict",
    quantity: 1,
  });
}

function followTray(draft: Draft, items: readonly ObservedItem[]): void {
  const known = new Set(
    [...draft.state.lines, ...draft.state.dismissed].filter((x) => !x.adrift).map((x) => x.trayItemId),
  );
  adopt(
    draft,
    items.filter((item) => !known.has(item.id)),
  );
  dropWhatIsGone(draft, new Set(items.map((item) => item.id)));
  for (const item of items) addOrImprove(draft, item);
  const { lines, helpWanted } = draft.state;
  // Nobody is there: what was agreed with this shopper (an age check) must not reach the next one.
  if (lines.length === 0 && items.length === 0 && !helpWanted)
    draft.emit({ type: "transactionCancelled", reason: "emptied" });
}

function rest(draft: Draft): void {
  const { endedAt, trayArmed } = draft.state;
  // Either direction: a wall clock that was set back must not keep a finished sale on the screen.
  const shown = Math.abs(draft.at - (endedAt ?? 0));
  if (trayArmed && shown >= draft.context.showEndMs) draft.emit({ type: "laneRested" });
}

/** Makes the basket agree with the settled tray. */
export function decideTray(draft: Draft, seen: readonly ObservedItem[]): void {
  const items = [...new Map(seen.map((item) => [item.id, item])).values()];
  const { status } = draft.state;
  if (status === "paying" || status === "suspended") return;
  if (!draft.state.trayArmed && items.length === 0) draft.emit({ type: "trayCleared" });
  if (!draft.state.trayArmed) return;
  if (status !== "shopping" && items.length === 0) {
    if (status !== "idle") rest(draft);
    return;
  }
  draft.open();
  followTray(draft, items);
}
