import { count } from "../count.js";

export interface Three {
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
}

const three = ({ created, changed, removed }: Three): string =>
  [
    ...(created > 0 ? [`${created} back`] : []),
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(removed > 0 ? [`${removed} gone`] : []),
  ].join(", ");

export const rollback = {
  open: "Take back…",
  before: "Back to before this",
  title: "The catalog as it was",
  hint: "Products, what stores do otherwise and photos become what they were. It is done by new changes, so it can be taken back as well.",
  toLsn: "Back to LSN",
  toLsnHint: "Every change after this one is undone. Nothing happens before you have seen which.",
  show: "Show what it would change",
  nothing: "Nothing is different: the catalog is what it was then.",
  concerns: (n: number) => `It concerns ${count(n, "product", "products")}.`,
  products: (n: Three) => `Products: ${three(n) || "none"}.`,
  overrides: (n: Three) => `What stores do otherwise: ${three(n) || "nothing"}.`,
  references: (n: Three) => `Photos: ${three(n) || "none"}.`,
  undoes: "It undoes changes of:",
  changes: {
    created: "comes back",
    changed: "changes",
    removed: "goes",
    belongings: "photos or stores",
  },
  more: (n: number) => `and ${count(n, "more", "more")}`,
  left: (n: number) =>
    `${count(n, "product stays", "products stay")} as it is, because it was changed later or its barcode is taken:`,
  missing: (n: number) =>
    `${count(n, "photo cannot", "photos cannot")} come back: made with another network, and the picture is not kept. Enrol these again:`,
  madeAgain: (n: number) =>
    `${count(n, "photo is", "photos are")} read again, so lanes know them a little later.`,
  reason: "Why",
  reasonHint: "Stands in the history with your name.",
  go: "Take back",
  done: (lsn: number) => `The catalog is what it was at LSN ${lsn}`,
};
