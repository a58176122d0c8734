import type { Enrolment } from "../api/schemas.js";

export type EnrolmentState = Enrolment["state"];

/** States that go on by themselves. */
export const isUnderWay = ({ state }: Pick<Enrolment, "state">): boolean =>
  state === "queued" || state === "running";
/** States that wait for a person. */
export const wantsReview = ({ state }: Pick<Enrolment, "state">): boolean =>
  state === "held" || state === "dead";

/** The list after news: each enrolment once, as it is by its newest change, in the order they came. */
export function takeNews(list: readonly Enrolment[], news: readonly Enrolment[]): Enrolment[] {
  const byId = new Map(list.map((one) => [one.id, one]));
  for (const one of news) {
    const known = byId.get(one.id);
    if (!known || known.changedAt <= one.changedAt) byId.set(one.id, one);
  }
  return [...byId.values()].sort((a, b) => a.n - b.n);
}

/** What may be decided about it, as headquarters allows it. */
export type Decision = "accept" | "reject" | "retry";
const allowed: Readonly<Record<EnrolmentState, readonly Decision[]>> = {
  ...{ queued: [], running: [], enrolled: [] },
  ...{ held: ["accept", "reject"], refused: ["accept", "retry"], dead: ["retry", "reject"] },
};
export const decisionsFor = ({ state }: Pick<Enrolment, "state">): readonly Decision[] => allowed[state];
