import { count } from "../count.js";
import type { Three } from "../en/rollback.js";
import type { Strings } from "../index.js";

const three = ({ created, changed, removed }: Three): string =>
  [
    ...(created > 0 ? [`${created} zurück`] : []),
    ...(changed > 0 ? [`${changed} geändert`] : []),
    ...(removed > 0 ? [`${removed} weg`] : []),
  ].join(", ");

export const rollback: Strings["rollback"] = {
  open: "Zurücknehmen …",
  before: "Zurück vor diese Änderung",
  title: "Der Katalog, wie er war",
  hint: "Artikel, Abweichungen der Filialen und Fotos werden, was sie waren. Das geschieht durch neue Änderungen und lässt sich deshalb ebenfalls zurücknehmen.",
  toLsn: "Zurück zu LSN",
  toLsnHint:
    "Jede spätere Änderung wird zurückgenommen. Es geschieht nichts, bevor Sie gesehen haben, welche.",
  show: "Zeigen, was sich ändern würde",
  nothing: "Es ist nichts anders: Der Katalog ist, was er damals war.",
  concerns: (n) => `Es betrifft ${count(n, "Artikel", "Artikel")}.`,
  products: (n) => `Artikel: ${three(n) || "keine"}.`,
  overrides: (n) => `Abweichungen der Filialen: ${three(n) || "keine"}.`,
  references: (n) => `Fotos: ${three(n) || "keine"}.`,
  undoes: "Zurückgenommen werden Änderungen von:",
  changes: {
    created: "kommt zurück",
    changed: "ändert sich",
    removed: "fällt weg",
    belongings: "Fotos oder Filialen",
  },
  more: (n) => `und ${count(n, "weiterer", "weitere")}`,
  left: (n) =>
    `${count(n, "Artikel bleibt", "Artikel bleiben")}, wie sie sind, weil sie später geändert wurden oder ihr Barcode vergeben ist:`,
  missing: (n) =>
    `${count(n, "Foto kann", "Fotos können")} nicht zurückkommen: Ein anderes Netz hat sie gelesen, und das Bild ist nicht aufbewahrt. Bitte neu anlernen:`,
  madeAgain: (n) =>
    `${count(n, "Foto wird", "Fotos werden")} neu gelesen; die Kassen kennen sie etwas später.`,
  reason: "Warum",
  reasonHint: "Steht mit Ihrem Namen im Verlauf.",
  go: "Zurücknehmen",
  done: (lsn) => `Der Katalog ist, was er bei LSN ${lsn} war`,
};
